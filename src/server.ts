import { requireTemporal } from './config';
import { requireFree } from './runtime/ports';
import { installRuntime, runProcess } from './runtime/process';
import { startServer } from './runtime/server';
import { openStore } from './runtime/store';
import { openTemporal } from './runtime/temporal';
import { connectServer } from './runtime/temporal-connection';

/** The server alone: API, background tasks and dispatcher, on Postgres and a Temporal server that run elsewhere. */
runProcess(async (starting) => {
  const { config, log, undo } = starting;
  const temporalOptions = requireTemporal(config);
  await requireFree({ port: config.port, host: config.host, setting: 'PORT' });
  await installRuntime(config, log);
  const { db, sealer, close } = await openStore(config);
  undo.add(close);
  const link = connectServer(starting, temporalOptions);
  const { temporal, rateLimits, enqueue } = openTemporal(starting, { db, ...link, eagerStart: false });
  const server = await startServer({ db, sealer, temporal, enqueue, rateLimits, config, log });
  undo.add(server.stop);
  log.info({ port: config.port, metricsPort: config.metricsPort }, 'the server runs');
  return {};
});
