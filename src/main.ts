import { join } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from './config';
import { openEmbedded } from './db/connection/client';
import { migrate } from './db/connection/migrate';
import { startDispatcher } from './background/dispatcher';
import { createRateLimits } from './background/rate-limits';
import { startMaintenance } from './background/maintenance';
import { installDemo } from './local/demo';
import { keptKey, makeApiKey, makeSecretKey } from './local/keys';
import { lockFolder } from './local/lock';
import { startTemporal } from './local/bundled-temporal';
import { greeting } from './local/greeting';
import { requireFree } from './runtime/ports';
import { installRuntime, type Running, runProcess, type Starting } from './runtime/process';
import { startServer } from './runtime/server';
import { checkedSealer, MIGRATIONS, reachPostgres, type Store } from './runtime/store';
import { closeUnless, connectWhenThere, watchForTemporalDown } from './runtime/temporal-connection';
import { startWorker } from './runtime/worker';
import { createTemporal } from './temporal/client';
import { limitedQueueOf, TASK_QUEUE } from './workflows/messages';

/** Everything on one machine, in one process: the bundled Temporal server and database unless others are set. */
async function main(starting: Starting): Promise<Pick<Running, 'ended'>> {
  const { config, log, undo, stopping } = starting;
  const lock = await lockFolder(config.dataDir);
  undo.add(lock.release);
  await requireFree({ port: config.port, host: config.host, setting: 'PORT' });
  await installRuntime(config, log);
  const temporalDown = new AbortController();
  const connection = await connectTemporal(starting, temporalDown);
  const { db, sealer } = await openLocalStore(starting);
  const { temporalNamespace: namespace, maxRequests } = config;
  const temporal = createTemporal(connection, {
    namespace,
    maxRequests,
    taskQueue: TASK_QUEUE,
    eagerStart: true,
    temporalDown: temporalDown.signal,
  });
  if (!config.temporal) await temporal.setRetention(config.retentionDays);
  const apiKey = config.apiKey ?? keptKey(config.dataDir, 'api-key', makeApiKey);
  await installDemo({ db, sealer }, config.port);

  // The server first, so that at the end the worker stops before it: the inbox answers what is under way.
  const queue = limitedQueueOf(TASK_QUEUE);
  const rateLimits = createRateLimits({ db, log, connection, namespace, queue });
  const { enqueue, stop } = startDispatcher({ db, temporal, log });
  undo.add(stop);
  const parts = { db, sealer, enqueue, log };
  const server = await startServer({ ...parts, temporal, rateLimits, config: { ...config, apiKey } });
  undo.add(server.stop);
  const workflowBundle = join(__dirname, 'workflow-bundle.js');
  const worker = await startWorker({
    ...parts,
    connection,
    config,
    workflowBundle,
    temporalDown: temporalDown.signal,
  });
  undo.add(worker.stop);
  void rateLimits.check(stopping);
  console.log(greeting(config, apiKey));
  return { ended: worker.ended };
}

async function connectTemporal(
  { config, log, undo, stopping }: Starting,
  temporalDown: AbortController,
): Promise<NativeConnection> {
  if (!config.temporal) {
    if (!config.temporalBinary)
      throw new ConfigError('Start Wayhook with `npm start`: it finds the Temporal server.');
    const { takenOver, stop } = await startTemporal({
      binary: config.temporalBinary,
      folder: config.dataDir,
      port: config.temporalPort,
      uiPort: config.temporalUiPort,
      namespace: config.temporalNamespace,
      warn: (message) => log.warn(message),
      temporalDown: temporalDown.signal,
    });
    undo.add(stop);
    if (takenOver) console.log('Took over the Temporal server that an earlier Wayhook left running.');
  }
  const address = `127.0.0.1:${config.temporalPort}`;
  const connection = await connectWhenThere(config.temporal ?? { address }, log, stopping);
  watchForTemporalDown(connection, stopping, temporalDown);
  undo.add(() => closeUnless(temporalDown.signal, connection));
  return connection;
}

/** The database, migrated, and its keys: made at the first start where none are set. */
async function openLocalStore({ config, log, undo }: Starting): Promise<Store> {
  const { databaseUrl, dataDir } = config;
  const connection = await (databaseUrl
    ? reachPostgres(databaseUrl)
    : openEmbedded(join(dataDir, 'database')));
  undo.add(connection.close);
  await migrate(connection, MIGRATIONS);
  if (!databaseUrl) undo.add(startMaintenance({ db: connection.db, log }).stop);
  const keys = config.secretKeys ?? [Buffer.from(keptKey(dataDir, 'secret-key', makeSecretKey), 'base64')];
  return { ...connection, sealer: await checkedSealer(connection, keys) };
}

// The greeting is for people: nothing but warnings joins it.
runProcess(main, { WAYHOOK_LOG_LEVEL: 'warn' });
