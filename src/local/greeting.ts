import type { Config } from '../config';
import { DEMO_JOURNEY_ID } from './demo';

/** What a newcomer needs: the addresses, the API key, and a command to paste. */
export function greeting(config: Config, apiKey: string): string {
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
  API key         ${apiKey}
${webhookTargets(config)}
Send a user through the demo journey:

  curl ${base}/api/workflows/triggerWorkflow \\
    -H 'Api-Key: ${apiKey}' -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(trigger)}'

and see the webhook that arrives:

  curl ${base}/api/inbox/demo -H 'Api-Key: ${apiKey}'

Ctrl-C stops it; entries under way continue at the next start.
`;
}

function webhookTargets({ allowedNetworks, allowHttp }: Config): string {
  const networks =
    allowedNetworks.length > 0 ? `public addresses and ${allowedNetworks.join(', ')}` : 'public addresses';
  return `  Webhooks        may call ${networks}${allowHttp ? ', over plain http too' : ', over https only'}\n`;
}
