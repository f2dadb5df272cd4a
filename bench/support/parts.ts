import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '../../src/db/connection/client';
import { openTestDatabase } from '../../test/support/database';
import { type Api, openApi } from './api';
import { startDevServer } from './dev-server';
import { type Ledger, readLedger } from './ledger';
import { freePort } from '../../test/support/serving';
import { type Started, startProcess } from './processes';
import { API_KEY, environment, ROOT, temporaryFolder } from './settings';

/** Wayhook as in production: a server and workers, each in its process, on the Postgres of DATABASE_URL. */
export interface Parts {
  api: Api;
  db: Database;
  temporalAddress: string;
  /** Of the server that is running now. */
  serverPid: () => number;
  /** Of the worker that was started last. */
  workerPid: () => number;
  killServer: () => Promise<void>;
  startServer: () => Promise<void>;
  killWorker: () => Promise<void>;
  startWorker: () => Promise<void>;
  ledger: () => Promise<Ledger>;
  close: () => Promise<void>;
}

/**
 * Starts a Temporal server, a database of its own, the server and so many workers; with none, there is no Temporal
 * server either.
 */
export async function startParts(workers: number): Promise<Parts> {
  const folder = temporaryFolder();
  const { connection, url, drop } = await openTestDatabase();
  if (url === undefined) throw new Error('DATABASE_URL is not set: parts that run alone need Postgres.');
  const temporal = workers > 0 ? await startDevServer(folder.path) : undefined;
  const temporalAddress = temporal?.address ?? '127.0.0.1:1';
  const port = await freePort();
  const shared = {
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: temporalAddress,
    WAYHOOK_SECRET_KEY: randomBytes(32).toString('base64'),
    WAYHOOK_HOST: '127.0.0.1',
    WAYHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    WAYHOOK_ALLOW_HTTP: 'on',
    WAYHOOK_LOG_LEVEL: 'info',
  };
  const start = async (part: 'server' | 'worker'): Promise<Started> =>
    startProcess({
      command: process.execPath,
      args: [join(ROOT, `dist/${part}.js`)],
      env: environment({ ...shared, PORT: port, METRICS_PORT: await freePort() }),
      isReady: (output) => output.includes(`the ${part} runs`),
    });
  let server = await start('server');
  const running: Started[] = [];
  const startWorker = async () => void running.push(await start('worker'));
  for (let count = 0; count < workers; count += 1) await startWorker();
  const api = openApi(`http://127.0.0.1:${port}`, API_KEY);
  return {
    ...{ api, db: connection.db, temporalAddress },
    serverPid: () => server.pid,
    workerPid: () => running.at(-1)!.pid,
    killServer: () => server.kill(),
    startServer: async () => void (server = await start('server')),
    startWorker,
    killWorker: () => running.pop()!.kill(),
    ledger: () => readLedger(connection.db),
    async close() {
      await api.close();
      await Promise.all([server, ...running].map((part) => part.stop()));
      await temporal?.kill();
      await connection.close();
      await drop();
      folder.remove();
    },
  };
}
