import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { count } from 'drizzle-orm';
import { openPostgres } from '../../../src/db/connection/client';
import { entries, journeys, webhooks } from '../../../src/db/schema';
import { ERROR_STATUS } from '../../../src/domain/errors';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

const WEBHOOK = { name: 'CRM', endpoint: 'https://api.example.com/' };
const JOURNEY = { name: 'Win back', tiles: [] };

const tokenOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');

describe('a request that cannot be used', () => {
  let world: ApiWorld;
  let journeyId: number;
  beforeAll(async () => {
    world = await createApiWorld();
    ({ journeyId } = await publishJourney(world));
  });
  afterAll(() => world.close());

  const stored = async () =>
    Promise.all(
      [entries, journeys, webhooks].map(
        async (table) => (await world.db.select({ n: count() }).from(table))[0]!.n,
      ),
    );

  /** Calls, and makes sure that nothing came of it. */
  const refused = async (...request: Parameters<ApiWorld['call']>) => {
    const before = await stored();
    const answer = await world.call(...request);
    expect(await stored()).toEqual(before);
    expect(world.enqueued).toEqual([]);
    expect(Object.keys(answer.body).sort()).toEqual(['code', 'msg', 'params']);
    return answer;
  };

  it.each([
    ['no JSON', '{"name": "a" oops}', 'not JSON at position 13'],
    ['nothing', '', 'Send an object'],
    ['a list', '[]', 'Send an object'],
    ['33 levels of nesting', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'deeper than 32'],
    ['a million levels', '['.repeat(400_000) + ']'.repeat(400_000), 'deeper than 32'],
    ['a __proto__ field', '{"name":"a","body":{"__proto__":{"x":1}}}', '__proto__'],
    ['half of a character in a text', '{"name":"a\\ud83d","tiles":[]}', 'half of a character'],
    ['half of a character in a name', '{"a\\ude00":"b","tiles":[]}', 'half of a character'],
    ['a NUL in a text', '{"name":"a\\u0000b","tiles":[]}', 'NUL'],
  ])('is a body with %s', async (_what, body, message) => {
    const answer = await refused('POST', '/api/journeys', body);
    expect(answer.status).toBe(400);
    expect(answer.body.msg).toContain(message);
  });

  it('is a body that is not UTF-8', async () => {
    const body = Buffer.from('{"name":"Zoë","tiles":[]}', 'latin1');
    const answer = await refused('POST', '/api/journeys', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadJsonBody' } });
    expect(answer.body.msg).toContain('UTF-8');
    expect((await world.call('POST', '/api/lists', '{"name":"Zoë 🎉"}')).status).toBe(200);
  });

  it('is not one that begins with a byte order mark', async () => {
    expect((await world.call('POST', '/api/lists', '\ufeff{"name":"Marked"}')).status).toBe(200);
    expect((await refused('POST', '/api/lists', '\ufeff\ufeff{"name":"Twice"}')).status).toBe(400);
  });

  it('is a body nested more than 32 levels deep', async () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
    const trigger = (dataFields: unknown) =>
      world.call('POST', '/api/workflows/triggerWorkflow', {
        workflowId: 0,
        email: 'a@example.com',
        dataFields,
      });
    expect((await trigger(nested(31))).body.code).toBe('BadParams');
    expect((await trigger(nested(32))).body.code).toBe('BadJsonBody');
  });

  it('is a body above 1 MiB', async () => {
    const body = { ...WEBHOOK, body: 'x'.repeat(1_048_576) };
    expect(await refused('POST', '/api/journeyWebhooks', body)).toMatchObject({
      status: 413,
      body: { code: 'PayloadTooLarge' },
    });
  });

  it('is a body that is not declared as JSON', async () => {
    const answer = await refused('POST', '/api/journeys', 'name=a', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } });
  });

  it.each([
    ['a field of the wrong type', { ...WEBHOOK, name: 7 }, 'name', 'Send a text here.'],
    ['an unknown field', { ...WEBHOOK, colour: 'red' }, 'colour', 'no such field'],
    ['an endpoint that is no URL', { ...WEBHOOK, endpoint: 'ftp://example.com' }, 'endpoint', 'https://'],
    [
      'an API key in the endpoint (B051)',
      { ...WEBHOOK, endpoint: 'https://a.example/?api_key=1' },
      'endpoint',
      'API key',
    ],
    [
      'a colon in a header name',
      { ...WEBHOOK, headers: [{ name: 'X:Y', value: '' }] },
      'headers[0].name',
      'without colons',
    ],
    ['a template that does not parse', { ...WEBHOOK, body: '{"a":\n  {{#if b}}1' }, 'body', 'line 2'],
    [
      'a broken template in a header',
      { ...WEBHOOK, headers: [{ name: 'X', value: '{{' }] },
      'headers[0].value',
      'line 1',
    ],
    [
      'an empty secret',
      { ...WEBHOOK, authentication: { type: 'bearer', token: '' } },
      'authentication.token',
      'empty',
    ],
    [
      'a marker where no secret is stored',
      { ...WEBHOOK, authentication: { type: 'bearer', token: { set: true } } },
      'authentication',
      'no stored secret',
    ],
  ])('is a webhook with %s', async (_what, webhook, path, message) => {
    const answer = await refused('POST', '/api/journeyWebhooks', webhook);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([path]);
    expect(answer.body.params[path]).toContain(message);
  });

  const delay = { id: 'a', type: 'delay', for: '1 day' };
  const call = (id: string, more = {}) => ({ id, type: 'webhook', webhookId: 1, ...more });
  it.each([
    [
      'an unknown tile type',
      [{ id: 'a', type: 'teleport' }],
      'tiles[0].type',
      'trackEvent, sendToJourney, exit',
    ],
    ['a tile’s unknown field', [{ ...delay, colour: 1 }], 'tiles[0].colour', 'no such field'],
    ['a wait that is no duration', [{ ...delay, for: 'soon' }], 'tiles[0].for', '90 seconds'],
    ['a way to nowhere', [delay, call('b', { next: 'c' })], 'tiles[1].next', 'no tile “c”'],
    ['a failure way to nowhere', [call('b', { onFailure: 'c' })], 'tiles[0].onFailure', 'no tile “c”'],
    ['an id twice', [delay, delay], 'tiles[1].id', 'Another tile'],
    ['a cycle without a wait', [call('a'), call('b', { next: 'a' })], 'tiles[0]', 'without a wait'],
  ])('is a journey with %s', async (_what, tiles, path, message) => {
    const answer = await refused('POST', '/api/journeys', { ...JOURNEY, tiles });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([path]);
    expect(answer.body.params[path]).toContain(message);
  });

  it('is a malformed id or page token', async () => {
    expect((await refused('GET', '/api/journeys/abc')).body).toMatchObject({ code: 'BadParams' });
    expect((await refused('GET', '/api/journeys/99999999999')).status).toBe(400);
    for (const token of ['!', 'bnVsbA', Buffer.from('"ent_\\u0000"').toString('base64url')]) {
      const answer = await refused('GET', `/api/entries?pageToken=${token}`);
      expect(answer.body.params).toHaveProperty('pageToken');
    }
    for (const list of ['journeyWebhooks', 'eventWebhooks', `journeys/${journeyId}/versions`]) {
      for (const key of [2 ** 31, -(2 ** 31) - 1]) {
        const answer = await refused('GET', `/api/${list}?pageToken=${tokenOf(key)}`);
        expect(answer.body.params).toHaveProperty('pageToken');
      }
    }
    expect((await refused('GET', '/api/entries?pageSize=201')).body.params).toHaveProperty('pageSize');
    expect((await refused('GET', '/api/entries?colour=red')).body.params).toHaveProperty('colour');
    expect((await refused('GET', '/api/users/a%00%40example.com')).status).toBe(400);
  });

  it('is one for an unknown route, or a URL that cannot be decoded', async () => {
    expect(await refused('GET', '/api/nothing')).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    expect(await refused('GET', '/api/users/%zz')).toMatchObject({
      status: 400,
      body: { code: 'BadParams' },
    });
  });

  it('is one with a time outside the years 1 to 9999', async () => {
    for (const time of ['0000-12-31T23:59:59Z', '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01']) {
      const since = await refused('GET', `/api/deliveries?since=${encodeURIComponent(time)}`);
      expect(since.body.params).toEqual({ since: 'The year of a time is 1 to 9999, in UTC.' });
      const place = tokenOf({ createdAt: time, id: 'dlv_0' });
      expect((await refused('GET', `/api/deliveries?pageToken=${place}`)).status).toBe(400);
      const last = tokenOf({ updatedAt: time, id: 1 });
      expect((await refused('GET', `/api/notifications?pageToken=${last}`)).status).toBe(400);
    }
    for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z']) {
      expect((await world.call('GET', `/api/deliveries?since=${time}`)).status).toBe(200);
    }
  });

  it.each([
    ['PATCH', '/api/journeys', 'GET, HEAD, POST'],
    ['TRACE', '/healthz', 'GET, HEAD'],
    ['QUERY', '/api/users/ada@example.com', 'GET, HEAD, DELETE'],
    // A path that is written out is not the route for any id beside it.
    ['DELETE', '/api/lists/subscribe', 'POST'],
    ['GET', '/api/journeyWebhooks/bulkDelete', 'POST'],
  ])('is one with a method that the path does not support: %s %s', async (method, path, allow) => {
    const answer = await refused(method, path, undefined, { 'api-key': '' });
    expect(answer).toMatchObject({ status: 405, body: { code: 'MethodNotAllowed' }, headers: { allow } });
    expect(answer.body.msg).toContain(allow);
  });

  it('names missing and mistyped fields in Iterable’s shape on Iterable’s calls', async () => {
    const trigger = (body: unknown) => refused('POST', '/api/workflows/triggerWorkflow', body);
    expect((await trigger({ email: 'a@example.com' })).body).toMatchObject({
      code: 'BadJsonBody',
      params: { 'obj.workflowId': [{ msg: ['error.path.missing'], args: [] }] },
    });
    expect((await trigger({ workflowId: 'x', dataFields: [] })).body.params).toEqual({
      'obj.workflowId': [{ msg: ['error.expected.jsnumber'], args: [] }],
      'obj.dataFields': [{ msg: ['error.expected.jsobject'], args: [] }],
    });
    expect((await trigger('{')).body.code).toBe('BadJsonBody');
    const large = { workflowId: journeyId, email: 'a@example.com', dataFields: { x: 'x'.repeat(1_048_576) } };
    expect(await trigger(large)).toMatchObject({ status: 413, body: { code: 'BadJsonBody' } });
  });
});

describe('an internal fault', () => {
  it('is a 503 when the database is away, with Iterable’s code on its calls', async () => {
    const away = openPostgres('postgres://127.0.0.1:1/none');
    const world = await createApiWorld({ db: away.db });
    const own = await world.call('GET', '/api/entries');
    const iterable = await world.call('GET', '/api/journeys');
    expect([own.status, own.body.code]).toEqual([503, 'Unavailable']);
    expect([iterable.status, iterable.body.code]).toEqual([503, 'DatabaseError']);
    await world.close();
    await away.close();
  });

  it('is a 500 without a stack, logged once with the request’s id and without user data', async () => {
    const simulate = () => Promise.reject(new Error('outer a@example.com', { cause: new Error('inner') }));
    const world = await createApiWorld({ simulator: { simulate } });
    const answer = await world.call('POST', '/api/journeys/simulate', {
      journey: { name: 'Simulated', tiles: [{ id: 'leave', type: 'exit' }] },
      users: [{ userId: 'a' }],
    });
    expect(answer).toMatchObject({ status: 500, body: { code: 'GenericServerError', params: null } });
    expect(answer.body.msg).not.toMatch(/inner|outer| at /);
    const errors = world.logged.filter((line) => line.level === 50);
    expect(errors).toHaveLength(1);
    expect(answer.body.msg).toContain(errors[0]!.reqId);
    expect(errors[0]!.err).toMatchObject({ message: 'inner' });
    await world.close();
  });

  it('answers bytes that are not HTTP with the envelope', async () => {
    const world = await createApiWorld();
    await world.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = world.app.server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.end('NONSENSE\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk)).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 [^]*"code":"BadParams"/);
    await world.close();
  });
});

it('the page on errors lists every code with its status', () => {
  const page = readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8');
  for (const [code, status] of Object.entries(ERROR_STATUS)) {
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` +\\| ${status} +\\|`, 'm'));
  }
});
