import Fastify from 'fastify';
import { eq } from 'drizzle-orm';
import { registerAuthentication } from '../../../src/api/authentication/authentication';
import { createKnownKeys } from '../../../src/api/authentication/known-keys';
import { answerError } from '../../../src/api/http/errors';
import { type Database, openPostgres } from '../../../src/db/connection/client';
import { findApiKey } from '../../../src/db/api-keys';
import { apiKeys } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { until } from '../../support/until';

const depsOf = (db: Database) => ({
  db,
  keys: createKnownKeys(db),
  listening: { host: '127.0.0.1', url: undefined, publicUrl: 'http://localhost' },
});

describe('authentication', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  /** What they answer; there is no such callback, and without a body nobody signs in. */
  const PUBLIC: Record<string, number> = {
    'GET /healthz': 200,
    'GET /readyz': 200,
    'POST /callbacks/{token}': 404,
    'GET /api/oidc': 200,
    'POST /api/session': 400,
    'POST /api/welcome': 400,
    'POST /api/welcome/check': 400,
  };

  it('is required by every documented route except the public ones', async () => {
    const { body } = await world.call('GET', '/api/openapi.json');
    const routes = Object.entries(body.paths as Record<string, object>).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => ({ path, method: method.toUpperCase() })),
    );
    expect(routes.length).toBeGreaterThan(20);
    for (const { path, method } of routes) {
      const url = path.replace(/\{\w+\}/g, '1');
      const answer = await world.call(method, url, undefined, { 'api-key': '' });
      expect({ path, method, status: answer.status }).toEqual({
        path,
        method,
        status: PUBLIC[`${method} ${path}`] ?? 401,
      });
    }
  });

  it('refuses to register a route without a scope', async () => {
    const app = Fastify();
    registerAuthentication(app, depsOf(world.db));
    expect(() => app.get('/open', () => 'anyone')).toThrow('GET /open names no scope');
    await app.close();
  });

  it('answers a missing or wrong key in Iterable’s shape', async () => {
    for (const key of ['', 'wrong']) {
      const answer = await world.call('GET', '/api/journeys?page=1', undefined, { 'api-key': key });
      expect(answer).toMatchObject({
        status: 401,
        body: {
          msg: 'Invalid API key',
          code: 'BadApiKey',
          params: { ip: '127.0.0.1', endpoint: '/api/journeys' },
        },
      });
    }
  });

  it.each(['Api-Key', 'api_key', 'Api_Key', 'API_KEY'])('takes a key in the header %s', async (name) => {
    const key = await world.keyWith('read');
    const ask = (value: string) => world.app.inject({ url: '/api/lists', headers: { [name]: value } });
    expect((await ask(key)).statusCode).toBe(200);
    expect((await ask('wrong')).json()).toMatchObject({ code: 'BadApiKey' });
  });

  it.each(['api_key', 'apikey', 'api-key', 'x-api-key', 'apiKey', 'API_KEY', 'api%5Fkey'])(
    'refuses a key in the query as %s, whatever the header says (C11)',
    async (name) => {
      const answer = await world.call('GET', `/api/journeys?${name}=secret-in-url`);
      expect(answer).toMatchObject({ status: 401, body: { code: 'BadApiKey' } });
      expect(JSON.stringify(answer.body)).not.toContain('secret-in-url');
    },
  );

  it('lets a key do what its scopes allow, and read what they cover', async () => {
    const allowed = async (scope: Parameters<ApiWorld['keyWith']>[0], method: string, url: string) => {
      const key = await world.keyWith(scope);
      const { status } = await world.call(method, url, undefined, { 'api-key': key });
      return status !== 403;
    };
    expect(await allowed('journeys', 'POST', '/api/journeys')).toBe(true);
    expect(await allowed('trigger', 'POST', '/api/workflows/triggerWorkflow')).toBe(true);
    expect(await allowed('trigger', 'POST', '/api/journeys')).toBe(false);
    expect(await allowed('trigger', 'GET', '/api/journeys')).toBe(false);
    expect(await allowed('read', 'GET', '/api/journeyWebhooks')).toBe(true);
    expect(await allowed('read', 'POST', '/api/journeyWebhooks')).toBe(false);
    expect(await allowed('journeys', 'DELETE', '/api/journeyWebhooks/1')).toBe(false);
  });

  it('names the scope that a key lacks', async () => {
    const key = await world.keyWith('read');
    const answer = await world.call('POST', '/api/journeys', { name: 'a', tiles: [] }, { 'api-key': key });
    expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden', params: null } });
    expect(answer.body.msg).toContain('“journeys”');
  });

  it('refuses a revoked key soon, even one just used', async () => {
    const key = await world.keyWith('read');
    const ask = () => world.call('GET', '/api/journeys', undefined, { 'api-key': key });
    expect((await ask()).status).toBe(200);
    const { id } = (await findApiKey(world.db, key))!;
    await world.db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, id));
    const refused = await until(async () => {
      const answer = await ask();
      return answer.status !== 200 && answer;
    });
    expect(refused).toMatchObject({ status: 401, body: { code: 'BadApiKey' } });
  });

  it('stores only the hash of a key', async () => {
    const key = await world.keyWith('read');
    const rows = await world.db.select().from(apiKeys);
    const { keyHash } = rows.at(-1)!;
    for (const encoding of ['utf8', 'hex'] as const) expect(keyHash.toString(encoding)).not.toContain(key);
    expect(keyHash).toHaveLength(32);
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('answers 503, not 401, when a key cannot be looked up', async () => {
    const app = Fastify();
    app.setErrorHandler(answerError);
    const away = openPostgres('postgres://127.0.0.1:1/none');
    registerAuthentication(app, depsOf(away.db));
    app.get('/thing', { config: { scope: 'read' } }, () => 'thing');
    const answer = await app.inject({ url: '/thing', headers: { 'api-key': 'any' } });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'Unavailable' });
    await app.close();
    await away.close();
  });
});
