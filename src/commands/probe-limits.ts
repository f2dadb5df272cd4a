import { ConfigError } from '../config';
import { connect } from '../temporal/connect';
import { probeRateLimits } from '../temporal/rate-limit-probe';
import { runProcess } from '../runtime/process';
import { limitedQueueOf, TASK_QUEUE } from '../workflows/messages';

/** Checks that the Temporal server enforces rate limits, and says what to configure if it does not. */
runProcess(async ({ config }) => {
  const { temporal, temporalPort, temporalNamespace: namespace } = config;
  const settings = temporal ?? { address: `127.0.0.1:${temporalPort}` };
  const connection = await connect(settings).catch((error: Error) => {
    throw new ConfigError(
      `Temporal cannot be reached at ${settings.address}: ${error.message}. Is TEMPORAL_ADDRESS right?`,
    );
  });
  const verdict = await probeRateLimits({ connection, namespace, queue: limitedQueueOf(TASK_QUEUE) });
  await connection.close();
  if (!verdict.enforced) throw new ConfigError(verdict.reason);
  console.log(`The Temporal server at ${settings.address} enforces rate limits.`);
  return { ended: Promise.resolve() };
});
