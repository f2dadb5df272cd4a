import { requireTemporal } from './config';
import { installRuntime, runProcess } from './runtime/process';
import { openStore } from './runtime/store';
import { openTemporal } from './runtime/temporal';
import { connectWorker } from './runtime/temporal-connection';
import { startWorker } from './runtime/worker';

/** The worker alone: workflows, activities and a dispatcher for event deliveries, on Postgres and a Temporal server that run elsewhere. */
runProcess(async (starting) => {
  const { config, log, undo, stopping } = starting;
  const temporalOptions = requireTemporal(config);
  await installRuntime(config, log);
  const { db, sealer, close } = await openStore(config);
  undo.add(close);
  const link = await connectWorker(starting, temporalOptions);
  const { rateLimits, enqueue } = openTemporal(starting, { db, ...link, eagerStart: true });
  const worker = await startWorker({ ...link, db, sealer, config, log, enqueue });
  undo.add(worker.stop);
  void rateLimits.check(stopping);
  const { temporalNamespace: namespace, metricsPort } = config;
  log.info({ namespace, metricsPort }, 'the worker runs');
  return { ended: worker.ended };
});
