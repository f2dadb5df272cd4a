import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { createApp } from '../../src/api/app';
import { ensureApiKey } from '../../src/db/api-keys';
import { type Connection, openEmbedded, openPostgres } from '../../src/db/connection/client';
import { migrate } from '../../src/db/connection/migrate';
import { createSealer } from '../../src/db/secrets/seal';
import { MIGRATIONS } from '../../src/runtime/store';
import { createAgent } from '../../src/webhook/agent';
import { driverOf } from './statements';

/*
 * Runs in a process of its own: the API without a dispatcher, and the smallest server that stores what it is sent, both
 * on one database, the embedded one or the Postgres at `url`. It logs what the program logs by default: on Postgres a
 * line for each request. It sends the ports of the two.
 */

async function main(folder: string, apiKey: string, url?: string): Promise<void> {
  const connection = await (url ? openPostgres(url) : openEmbedded(join(folder, 'database')));
  await migrate(connection, MIGRATIONS);
  await ensureApiKey(connection.db, apiKey, 'benchmark', ['admin']);
  const log = pino(
    { level: url ? 'info' : 'warn' },
    pino.destination({ dest: join(folder, 'log'), sync: false }),
  );
  const [api, bare] = [apiOn(connection, log), await bareOn(connection)];
  for (const app of [api, bare]) await app.listen({ port: 0, host: '127.0.0.1' });
  // It ends with the benchmark.
  process.on('disconnect', () => process.exit());
  process.send!({ api: portOf(api), bare: portOf(bare) });
}

/** As a server runs it, but nothing is dispatched. */
function apiOn({ db }: Connection, logger: Logger): FastifyInstance {
  return createApp({
    db,
    environmentKeyId: undefined,
    sealer: createSealer([randomBytes(32)]),
    agent: createAgent({ allowedNetworks: [], allowHttp: false }, { connections: 1 }),
    enqueue: () => undefined,
    ready: async () => ({ database: true, temporal: false }),
    rateLimits: async () => ({ enforced: true }),
    simulator: { simulate: () => Promise.reject(new Error('This benchmark simulates nothing.')) },
    nudgeSchedules: () => undefined,
    nudgeJobs: () => undefined,
    temporalUi: { namespace: 'default', url: () => null },
    logger,
    listening: { host: '127.0.0.1', url: undefined, publicUrl: 'http://localhost:8080' },
    version: '0.0.0',
    inbox: false,
  });
}

interface BareEvent {
  email: string;
  eventName: string;
  dataFields: object;
}

/** A JSON body and one insert through the bare driver. */
async function bareOn({ db, script }: Connection): Promise<FastifyInstance> {
  await script(`create table bare_events (
    id bigint generated always as identity primary key,
    email text not null, name text not null, data_fields json not null, at timestamptz not null default now()
  )`);
  const driver = driverOf(db);
  const app = Fastify();
  app.post<{ Body: BareEvent }>('/', async ({ body: { email, eventName, dataFields } }) => {
    const values = [email, eventName, JSON.stringify(dataFields)];
    await driver.query('insert into bare_events (email, name, data_fields) values ($1, $2, $3)', values);
    return { msg: 'Stored.' };
  });
  return app;
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}

void main(process.argv[2]!, process.argv[3]!, process.argv[4]);
