import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type Config, requireTemporal } from './config';
import { installRuntime, type Running, runProcess, Undo } from './parts/process';
import { openStore } from './parts/store';
import { startWorker } from './parts/worker';

/** The worker part alone: workflows and activities, against Postgres and a Temporal that run elsewhere. */
runProcess(async (config: Config, log: Logger): Promise<Running> => {
  const undo = new Undo();
  installRuntime(config, log);
  const { db, sealer, close } = await openStore(config);
  undo.add(close);
  const connection = await NativeConnection.connect(requireTemporal(config));
  undo.add(() => connection.close());
  const workflowBundle = join(__dirname, 'workflow-bundle.js');
  const worker = await startWorker({ connection, db, sealer, config, workflowBundle });
  undo.add(worker.stop);
  log.info({ namespace: config.temporalNamespace, metricsPort: config.metricsPort }, 'the worker runs');
  return { ended: worker.ended, stop: () => undo.run() };
});
