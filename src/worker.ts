import { join } from 'node:path';
import { requireTemporal } from './config';
import { startDispatcher } from './background/dispatcher';
import { createRateLimits } from './background/rate-limits';
import { installRuntime, runProcess } from './runtime/process';
import { openStore } from './runtime/store';
import { closeUnless, connectWhenThere, watchForTemporalDown } from './runtime/temporal-connection';
import { startWorker } from './runtime/worker';
import { createTemporal } from './temporal/client';
import { limitedQueueOf, TASK_QUEUE } from './workflows/messages';

/** The worker part alone: workflows and activities, and a dispatcher for what event webhooks are told, against Postgres and a Temporal that run elsewhere. */
runProcess(async ({ config, log, undo, stopping }) => {
  const temporal = requireTemporal(config);
  await installRuntime(config, log);
  const { db, sealer, close } = await openStore(config);
  undo.add(close);
  const connection = await connectWhenThere(temporal, log, stopping);
  const down = new AbortController();
  const temporalDown = down.signal;
  watchForTemporalDown(connection, stopping, down);
  undo.add(() => closeUnless(temporalDown, connection));
  const { temporalNamespace: namespace, maxRequests } = config;
  const settings = { namespace, maxRequests, taskQueue: TASK_QUEUE, eagerStart: true, temporalDown };
  const dispatcher = startDispatcher({ db, temporal: createTemporal(connection, settings), log });
  undo.add(dispatcher.stop);
  const { enqueue } = dispatcher;
  const workflowBundle = join(__dirname, 'workflow-bundle.js');
  const worker = await startWorker({
    connection,
    db,
    sealer,
    config,
    log,
    enqueue,
    workflowBundle,
    temporalDown,
  });
  undo.add(worker.stop);
  const queue = limitedQueueOf(TASK_QUEUE);
  void createRateLimits({ db, log, connection, namespace, queue }).check(stopping);
  log.info({ namespace, metricsPort: config.metricsPort }, 'the worker runs');
  return { ended: worker.ended };
});
