import { randomBytes } from 'node:crypto';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { createApp } from '../../src/api/app';
import type { AppDeps } from '../../src/api/deps';
import { ensureApiKey, newApiKey } from '../../src/db/api-keys';
import type { Scope } from '../../src/domain/api-key';
import type { Database } from '../../src/db/connection/client';
import type { OutboxItem } from '../../src/db/outbox';
import { createSealer, type Sealer } from '../../src/db/secrets/seal';
import { ensureEnvironmentKey } from '../../src/usecases/api-keys/environment-key';
import { emptyTables } from '../../src/simulation/private-database';
import { createAgent } from '../../src/webhook/agent';
import { openTestDatabase } from './database';

/** A parsed answer. `body` is JSON where the answer is, else its text. */
export interface Answer {
  status: number;
  // Tests look into whatever came back.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Record<string, unknown>;
}

export type Call = (method: string, url: string, body?: unknown, headers?: Headers) => Promise<Answer>;

/** A header that is undefined is not sent. */
export type Headers = Record<string, string | undefined>;

export interface ApiWorld {
  app: FastifyInstance;
  db: Database;
  sealer: Sealer;
  /** What was handed to the dispatcher, which is a list. */
  enqueued: OutboxItem[];
  enqueue: AppDeps['enqueue'];
  /** Lines of the log, parsed. */
  logged: Record<string, unknown>[];
  /** The key of the settings: it may do everything. */
  apiKey: string;
  /** Calls with that key, unless `headers` has another. */
  call: Call;
  /** A key with these scopes. */
  keyWith: (...scopes: Scope[]) => Promise<string>;
  close: () => Promise<void>;
}

/** The API on a database of its own. */
export async function createApiWorld(changes: Partial<AppDeps> = {}): Promise<ApiWorld> {
  const { connection, drop } = await openTestDatabase();
  const api = await createApi({ db: connection.db, sealer: createSealer([randomBytes(32)]) }, changes);
  return {
    ...api,
    close: async () => {
      await api.close();
      await connection.close();
      await drop();
    },
  };
}

/** Worlds one after the other, for tests that look at whole tables: a database is emptied much faster than opened. */
export interface ApiWorlds {
  next: () => Promise<ApiWorld>;
  close: () => Promise<void>;
}

/** The worlds are on one database. The next one has to wait until the last is closed. */
export async function createApiWorlds(): Promise<ApiWorlds> {
  const { connection, drop } = await openTestDatabase();
  return {
    async next() {
      await emptyTables(connection.db);
      return createApi({ db: connection.db, sealer: createSealer([randomBytes(32)]) });
    },
    async close() {
      await connection.close();
      await drop();
    },
  };
}

/** The API on a database that other parts of the test use too. */
export async function createApi(
  { db, sealer }: Pick<ApiWorld, 'db' | 'sealer'>,
  changes: Partial<AppDeps> = {},
): Promise<ApiWorld> {
  const state = { enqueued: [], logged: [] } as Pick<ApiWorld, 'enqueued' | 'logged'>;
  const enqueue: AppDeps['enqueue'] = changes.enqueue ?? ((item) => void state.enqueued.push(item));
  const agent = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 20 });
  const keyWith = async (...scopes: Scope[]) => {
    const key = newApiKey();
    await ensureApiKey(db, key, scopes.join(), scopes);
    return key;
  };
  const apiKey = newApiKey();
  const app = createApp({
    db,
    environmentKeyId: await ensureEnvironmentKey(db, apiKey),
    sealer,
    agent,
    enqueue,
    ready: async () => ({ database: true, temporal: true }),
    rateLimits: async () => ({ enforced: true }),
    simulator: { simulate: async () => ({ users: [], uncovered: [], untaken: [] }) },
    nudgeSchedules: () => undefined,
    nudgeJobs: () => undefined,
    temporalUi: { namespace: 'default', url: (id, run) => `http://ui/${id}/${run ?? ''}` },
    listening: { host: '127.0.0.1', url: undefined, publicUrl: 'http://localhost' },
    logger: pino({}, { write: (line) => void state.logged.push(JSON.parse(line)) }),
    version: '0.0.0',
    inbox: true,
    ...changes,
  });
  await app.ready();
  return {
    ...state,
    ...{ app, db, sealer, enqueue, apiKey, keyWith },
    call: (method, url, body, headers) => send(app, method, url, body, { 'api-key': apiKey, ...headers }),
    close: async () => {
      await app.close();
      await agent.close();
    },
  };
}

async function send(
  app: FastifyInstance,
  method: string,
  url: string,
  body: unknown,
  given: Headers,
): Promise<Answer> {
  const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const sent = body === undefined ? {} : { 'content-type': 'application/json', ...headers };
  const answer = await app.inject({
    method: method as InjectOptions['method'],
    url,
    headers: { ...headers, ...sent },
    payload:
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  const isJson = /\bjson\b/.test(String(answer.headers['content-type']));
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: isJson ? answer.json() : answer.body,
  };
}

/** A webhook and a published journey whose one tile calls it. */
export async function publishJourney(
  { call }: ApiWorld,
  name = 'Win back',
): Promise<{ webhookId: number; journeyId: number }> {
  const webhook = await call('POST', '/api/journeyWebhooks', {
    name: 'CRM sync',
    endpoint: 'https://api.example.com/users',
  });
  const tiles = [{ id: 'crm', type: 'webhook', webhookId: webhook.body.id }];
  const journey = await call('POST', '/api/journeys', { name, tiles });
  await call('POST', `/api/journeys/${journey.body.id}/publish`);
  return { webhookId: webhook.body.id, journeyId: journey.body.id };
}
