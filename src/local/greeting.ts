import { join } from 'node:path';
import type { Config } from '../config';
import { welcomeLink } from '../api/people/welcome-link';
import { LINK_DAYS } from '../domain/people/session';
import { DEMO_JOURNEY_ID } from './demo';

/**
 * What a newcomer needs: the addresses, where the API key is, and a command to paste. Logs store it, so no key is in it;
 * only, while there is no administrator, the link of the first administrator, which works once and not for long.
 */
export function greeting(config: Config, first?: { code: string }): string {
  const { where, expression } = apiKeyOf(config);
  const header = `-H "Api-Key: ${expression}"`;
  const base = `http://localhost:${config.port}`;
  const trigger = {
    workflowId: DEMO_JOURNEY_ID,
    email: 'test.user@example.com',
    dataFields: { promotionId: 123, color: 'red' },
  };
  return `
Wayhook is running.

  API             ${base}
  Documentation   ${base}/docs
  Temporal        ${config.temporalUiUrl ?? 'the server of TEMPORAL_ADDRESS'}
  Metrics         http://localhost:${config.metricsPort}/metrics
  API key         ${where}
${first === undefined ? '' : `  First sign-in   ${welcomeLink(config, first)} (once, within ${LINK_DAYS} days)\n`}${webhookTargets(config)}
Send a user through the demo journey:

  curl ${base}/api/workflows/triggerWorkflow \\
    ${header} -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(trigger)}'

and see the webhook that arrives:

  curl ${base}/api/inbox/demo ${header}

Ctrl-C stops it; entries under way continue at the next start.
`;
}

/** In words, and for a shell, within double quotes. */
function apiKeyOf({ apiKey, dataDir }: Config): { where: string; expression: string } {
  if (apiKey !== undefined) {
    return { where: 'the one you set in WAYHOOK_API_KEY', expression: '$WAYHOOK_API_KEY' };
  }
  const file = join(dataDir, 'api-key');
  return { where: `in ${file}`, expression: `$(cat '${file.replaceAll("'", `'\\''`)}')` };
}

function webhookTargets({ allowedNetworks, allowHttp }: Config): string {
  const networks =
    allowedNetworks.length > 0 ? `public addresses and ${allowedNetworks.join(', ')}` : 'public addresses';
  return `  Webhooks        may call ${networks}${allowHttp ? ', over plain http too' : ', over https only'}\n`;
}
