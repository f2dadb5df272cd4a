import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type Config, ConfigError } from './config';
import { openEmbedded, openPostgres } from './db/client';
import { migrate } from './db/migrate';
import { installDemo } from './embedded/demo';
import { keptKey, makeApiKey, makeSecretKey } from './embedded/keys';
import { lockFolder } from './embedded/lock';
import { requireFree, startTemporal } from './embedded/temporal';
import { greeting } from './embedded/greeting';
import { installRuntime, type Running, runProcess, Undo } from './parts/process';
import { startServer } from './parts/server';
import { checkedSealer, MIGRATIONS, type Store } from './parts/store';
import { startWorker } from './parts/worker';
import { createTemporal } from './temporal';
import { TASK_QUEUE } from './workflows/messages';

/** How long the bundled Temporal server remembers entries that ended. */
const RETENTION_DAYS = 7;

/** Everything on one machine, in one process: the bundled Temporal server and database unless others are set. */
async function main(config: Config, log: Logger): Promise<Running> {
  const undo = new Undo();
  try {
    return await start(config, log, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function start(config: Config, log: Logger, undo: Undo): Promise<Running> {
  const lock = await lockFolder(config.dataDir);
  undo.add(lock.release);
  await requireFree(config.port, 'PORT');
  await requireFree(config.metricsPort, 'METRICS_PORT');
  installRuntime(config, log);
  const connection = await connectTemporal(config, log, undo);
  const { db, sealer } = await openLocalStore(config, undo);
  const { temporalNamespace: namespace, maxRequests } = config;
  const temporal = createTemporal(connection, {
    namespace,
    maxRequests,
    taskQueue: TASK_QUEUE,
    eagerStart: true,
  });
  if (!config.temporal) await temporal.setRetention(RETENTION_DAYS);
  const apiKey = config.apiKey ?? keptKey(config.dataDir, 'api-key', makeApiKey);
  await installDemo(db, config.port);

  const workflowBundle = join(__dirname, 'workflow-bundle.js');
  const worker = await startWorker({ connection, db, sealer, config, workflowBundle });
  undo.add(worker.stop);
  const server = await startServer({ db, sealer, temporal, config: { ...config, apiKey }, log });
  undo.add(server.stop);
  console.log(greeting(config, apiKey));
  return { ended: worker.ended, stop: () => undo.run() };
}

async function connectTemporal(config: Config, log: Logger, undo: Undo): Promise<NativeConnection> {
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
    });
    undo.add(stop);
    if (takenOver) console.log('Took over the Temporal server that an earlier Wayhook left running.');
  }
  const connection = await NativeConnection.connect(
    config.temporal ?? { address: `127.0.0.1:${config.temporalPort}` },
  );
  undo.add(() => connection.close());
  return connection;
}

/** The database, migrated, and its keys: made at the first start where none are set. */
async function openLocalStore(config: Config, undo: Undo): Promise<Store> {
  const { databaseUrl, dataDir } = config;
  const connection = databaseUrl ? openPostgres(databaseUrl) : await openEmbedded(join(dataDir, 'database'));
  undo.add(connection.close);
  await migrate(connection, MIGRATIONS);
  const keys = config.secretKeys ?? [Buffer.from(keptKey(dataDir, 'secret-key', makeSecretKey), 'base64')];
  return { ...connection, sealer: await checkedSealer(connection, keys) };
}

runProcess(main);
