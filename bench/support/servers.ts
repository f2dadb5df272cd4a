import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '../../src/db/client';
import { openTestDatabase } from '../../test/support/database';
import { freePort } from '../../test/support/serving';
import { type Api, openApi } from './api';
import { startDevServer } from './dev-server';
import { type Started, startProcess } from './processes';
import { API_KEY, environment, ROOT, temporaryFolder } from './settings';

/** The server part as a process that may be killed, on the Postgres of DATABASE_URL. */
export interface Servers {
  api: Api;
  db: Database;
  /** Of the server that runs now. */
  pid: () => number;
  kill: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

/** With `temporal`, beside a Temporal server and one worker; else nothing answers where Temporal should be. */
export async function startServers({ temporal }: { temporal: boolean }): Promise<Servers> {
  const folder = temporaryFolder();
  const { connection, url, drop } = await openTestDatabase();
  if (url === undefined) throw new Error('DATABASE_URL is not set: parts that run apart need Postgres.');
  const engine = temporal ? await startDevServer(folder.path) : undefined;
  const port = await freePort();
  const shared = {
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: engine?.address ?? '127.0.0.1:1',
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
  const worker = temporal ? await start('worker') : undefined;
  const api = openApi(`http://127.0.0.1:${port}`, API_KEY);
  return {
    ...{ api, db: connection.db },
    pid: () => server.pid,
    kill: () => server.kill(),
    start: async () => void (server = await start('server')),
    async close() {
      await api.close();
      await Promise.all([server.stop(), worker?.stop()]);
      await engine?.kill();
      await connection.close();
      await drop();
      folder.remove();
    },
  };
}
