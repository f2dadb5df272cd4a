import { requireTemporal } from './config';
import { startDispatcher } from './background/dispatcher';
import { createRateLimits } from './background/rate-limits';
import { requireFree } from './runtime/ports';
import { installRuntime, runProcess } from './runtime/process';
import { startServer } from './runtime/server';
import { openStore } from './runtime/store';
import { watchForTemporalDown } from './runtime/temporal-connection';
import { createTemporal } from './temporal/client';
import { connectLazily } from './temporal/connect';
import { limitedQueueOf, TASK_QUEUE } from './workflows/messages';

/** The server part alone: API and dispatcher, against Postgres and a Temporal that run elsewhere. */
runProcess(async ({ config, log, undo, stopping }) => {
  const temporalSettings = requireTemporal(config);
  await requireFree({ port: config.port, host: config.host, setting: 'PORT' });
  await installRuntime(config, log);
  const { db, sealer, close } = await openStore(config);
  undo.add(close);
  // Lazy: what is accepted while Temporal is away waits in the outbox.
  const connection = connectLazily(temporalSettings);
  undo.add(() => connection.close());
  const temporalDown = new AbortController();
  watchForTemporalDown(connection, stopping, temporalDown);
  const { temporalNamespace: namespace, maxRequests } = config;
  const temporal = createTemporal(connection, {
    namespace,
    maxRequests,
    taskQueue: TASK_QUEUE,
    eagerStart: false,
    temporalDown: temporalDown.signal,
  });
  const queue = limitedQueueOf(TASK_QUEUE);
  const rateLimits = createRateLimits({ db, log, connection, namespace, queue });
  const { enqueue, stop } = startDispatcher({ db, temporal, log });
  undo.add(stop);
  const server = await startServer({ db, sealer, temporal, enqueue, rateLimits, config, log });
  undo.add(server.stop);
  log.info({ port: config.port, metricsPort: config.metricsPort }, 'the server runs');
  return {};
});
