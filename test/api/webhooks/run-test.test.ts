import { gzipSync } from 'node:zlib';
import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { oauthTokens, secrets, webhooks } from '../../../src/db/schema';
import { createAgent } from '../../../src/webhook/agent';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';
import { drip, hang, raw, type Receiver, reset, startReceiver } from '../../support/receiver';

const FIELDS = [{ path: 'order.status', type: 'string' }];
const ORDER = { order: { status: 'open', total: 12 }, secret: 'kept to itself' };
const SET = { set: true };

describe('a test of a webhook', () => {
  let world: ApiWorld;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    world = await createApiWorld();
  });
  beforeEach(() => {
    receiver.requests.length = 0;
    receiver.respond({ body: ORDER });
  });
  afterAll(async () => {
    await world.close();
    await receiver.close();
  });

  const aWebhook = (more: object = {}) => ({
    name: 'Orders',
    endpoint: `${receiver.url}/orders`,
    dataRetrieval: true,
    liveDataFields: FIELDS,
    ...more,
  });
  const run = (webhook: object, more: object = {}) =>
    world.call('POST', '/api/journeyWebhooks/test', { webhook, sample: {}, ...more });
  const create = (webhook: object, testToken?: string) =>
    world.call('POST', '/api/journeyWebhooks', { ...webhook, testToken });
  const update = (id: number, webhook: object, testToken?: string) =>
    world.call('PUT', `/api/journeyWebhooks/${id}`, { ...webhook, testToken });
  const tokenOf = async (webhook: object, more: object = {}): Promise<string> =>
    (await run(webhook, more)).body.testToken;
  const saved = async (webhook: object) => (await create(webhook, await tokenOf(webhook))).body;

  it('makes a real call, filled from the sample, and returns it in full (B106, B107, B108)', async () => {
    const webhook = aWebhook({
      endpoint: `${receiver.url}/users/{{#urlEncode}}{{email}}{{/urlEncode}}`,
      headers: [{ name: 'X-Tenant', value: '{{tenant}}' }],
      userFields: ['plan'],
      body: '{"age": {{profile.age}}}',
    });
    const sample = { email: 'user@example.com', workflowId: 7, tenant: 'acme', plan: 'pro', age: 40 };
    const answer = await run(webhook, { sample });
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/users/user%40example.com' });
    expect(request!.headers).toMatchObject({ 'x-tenant': 'acme', 'accept-encoding': 'identity' });
    expect(answer).toMatchObject({ status: 200, body: { ok: true } });
    expect(request!.headers['webhook-id']).toMatch(/^test_/);
    expect(answer.body.request).toEqual({
      method: 'POST',
      url: `${receiver.url}/users/user%40example.com`,
      headers: {
        'content-type': 'application/json',
        'x-tenant': 'acme',
        'webhook-id': request!.headers['webhook-id'],
        'webhook-timestamp': request!.headers['webhook-timestamp'],
      },
      body: request!.text,
    });
    expect(request!.json()).toEqual({
      ...{ plan: 'pro', tenant: 'acme', age: 40 },
      ...{ email: 'user@example.com', workflowId: 7 },
    });
    expect(answer.body.response).toEqual({
      status: 200,
      durationMs: expect.any(Number),
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
      body: JSON.stringify(ORDER),
    });
    expect(answer.body.fields).toContainEqual({ path: 'order.status', type: 'string', sample: 'open' });
    expect(answer.body).not.toHaveProperty('error');
  });

  it('takes trigger data beside a profile, of which only the user fields are sent', async () => {
    const webhook = aWebhook({ userFields: ['plan'], body: '{"color": "{{color}}"}' });
    const sample = { plan: 'pro', color: 'green', age: 40 };
    await run(webhook, { sample, triggerData: { color: 'red', total: 12 } });
    expect(receiver.requests[0]!.json()).toEqual({ plan: 'pro', color: 'red', total: 12, workflowId: 0 });
  });

  it('is signed like a delivery once the webhook has a signing secret', async () => {
    const { body: webhook } = await create(
      aWebhook({ signing: { enabled: true }, dataRetrieval: false, liveDataFields: [] }),
    );
    const { secret, ...signing } = webhook.signing;
    const answer = await run({ ...webhook, signing }, { webhookId: webhook.id });
    const { headers, text } = receiver.requests[0]!;
    expect(() => new Webhook(secret).verify(text, headers as Record<string, string>)).not.toThrow();
    expect(answer.body.request.headers['webhook-signature']).toBe('[redacted]');
    await run({ ...webhook, signing });
    expect(receiver.requests[1]!.headers).not.toHaveProperty('webhook-signature');
  });

  it('has the dynamic parameters of the tile (B049, B106)', async () => {
    const tile = { parameters: { user: '{{userId}}', campaign: 'winback' } };
    await run(aWebhook(), { sample: { userId: 'u-1' }, tile });
    expect(receiver.requests[0]!.url).toBe('/orders?user=u-1&campaign=winback');
  });

  it('lists the fields of an answer that is an array', async () => {
    receiver.respond({ body: [{ name: 'Ada' }, { name: 'Grace' }] });
    const { body } = await run(aWebhook({ liveDataFields: [] }));
    expect(body.ok).toBe(true);
    expect(body.fields).toContainEqual({ path: '[0].name', type: 'string', sample: 'Ada' });
  });

  describe('that fails', () => {
    const failed = (answer: Answer, reason: string, message: string) => {
      expect(answer).toMatchObject({ status: 200, body: { ok: false, error: { reason } } });
      expect(answer.body.error.message).toContain(message);
      expect(answer.body).not.toHaveProperty('testToken');
    };

    it.each([
      ['an error', 503, 'http_status', '503'],
      [
        'a redirect',
        { status: 302, headers: { location: '/' } },
        'http_status',
        'Redirects are not followed',
      ],
      ['a 401', 401, 'unauthorized', '401'],
      ['text', { body: 'hello' }, 'not_json', 'not a JSON object or array'],
      ['a bare value', { body: '"hello"' }, 'not_json', 'not a JSON object or array'],
      ['nothing', 204, 'not_json', 'not a JSON object or array'],
      ['a trap', { body: '{"a":{"__proto__":{"b":1}}}' }, 'not_json', '__proto__'],
      ['33 levels', { body: '['.repeat(33) + ']'.repeat(33) }, 'not_json', '32 levels'],
      [
        'a compressed bomb',
        { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(5_000_000, ' ')) },
        'response_too_large',
        'larger than 1 MiB',
      ],
      [
        'an unknown compression',
        { headers: { 'content-encoding': 'compress' }, body: '{}' },
        'not_json',
        'compressed its answer',
      ],
      ['Latin-1 that does not say so', { body: Buffer.from('{"a":"ü"}', 'latin1') }, 'not_json', 'charset'],
      ['2 MiB', { body: Buffer.alloc(2_097_152, ' ') }, 'response_too_large', 'larger than 1 MiB'],
      ['a cut connection', reset, 'network', 'closed the connection'],
      ['what is not HTTP', raw('oops'), 'network', 'not HTTP'],
    ])('on %s gets a reason in a 200, not an error', async (_what, reply, reason, message) => {
      receiver.respond(reply);
      failed(await run(aWebhook()), reason, message);
    });

    it('ends after ten seconds even if the answer drips for ever (B014)', async () => {
      receiver.respond(drip(50));
      failed(await run(aWebhook()), 'timeout', '10 seconds');
    });

    it('shows the answer of an endpoint that refuses', async () => {
      receiver.respond({ status: 422, headers: { 'set-cookie': 'a=b' }, body: { wrong: 'city' } });
      const { body } = await run(aWebhook());
      expect(body.response).toMatchObject({ status: 422, body: '{"wrong":"city"}' });
      expect(body.response.headers['set-cookie']).toBe('[redacted]');
    });

    it('reads an answer that is compressed, or in another charset', async () => {
      const headers = { 'content-type': 'application/json; charset=iso-8859-1', 'content-encoding': 'gzip' };
      receiver.respond({ headers, body: gzipSync(Buffer.from('{"order":{"status":"schön"}}', 'latin1')) });
      const { body } = await run(aWebhook());
      expect(body).toMatchObject({ ok: true, response: { body: '{"order":{"status":"schön"}}' } });
      expect(body.fields).toContainEqual({ path: 'order.status', type: 'string', sample: 'schön' });
    });

    it('needs no JSON from a webhook without Data Retrieval', async () => {
      receiver.respond({ body: 'fine' });
      const { body } = await run(aWebhook({ dataRetrieval: false, liveDataFields: [] }));
      expect(body).toMatchObject({ ok: true, fields: [], response: { body: 'fine' } });
    });

    it('calls no address that a delivery could not', async () => {
      const agent = createAgent({ allowedNetworks: [], allowHttp: true }, { connections: 1 });
      const guarded = await createApiWorld({ agent });
      const call = (webhook: object) => guarded.call('POST', '/api/journeyWebhooks/test', { webhook });
      failed(await call(aWebhook()), 'blocked_address', 'not on the public internet');
      failed(
        await call(aWebhook({ endpoint: 'http://169.254.169.254/' })),
        'blocked_address',
        'not on the public',
      );
      const tokenUrl = `${receiver.url}/token`;
      const authentication = { type: 'oauth2', clientId: 'a', clientSecret: 'b', tokenUrl };
      failed(await call(aWebhook({ authentication })), 'token', 'not on the public internet');
      expect(receiver.requests).toEqual([]);
      await guarded.close();
      await agent.close();
    });

    it('calls no port of our own services, for a token either', async () => {
      const policy = { allowedNetworks: ['127.0.0.0/8'], allowHttp: true, ownPorts: [receiver.port] };
      const agent = createAgent(policy, { connections: 1 });
      const guarded = await createApiWorld({ agent });
      const call = (webhook: object) => guarded.call('POST', '/api/journeyWebhooks/test', { webhook });
      failed(await call(aWebhook()), 'blocked_address', 'a port of Wayhook itself');
      const authentication = { type: 'oauth2', clientId: 'a', clientSecret: 'b', tokenUrl: receiver.url };
      failed(await call(aWebhook({ authentication })), 'token', 'a port of Wayhook itself');
      expect(receiver.requests).toEqual([]);
      await guarded.close();
      await agent.close();
    });
  });

  it.each([
    [
      'an endpoint that is no URL with this sample',
      { endpoint: 'http://{{host}}/' },
      'webhook.endpoint',
      'resolved to nothing',
    ],
    [
      'a header that no request can carry',
      { headers: [{ name: 'X-A', value: '{{line}}' }] },
      'webhook.headers[0].value',
      'not allowed in a header',
    ],
    [
      'a body that is no JSON',
      { body: '{"a": 1{{#if line}},{{/if}}}' },
      'webhook.body',
      'The rendered JSON body is not valid JSON',
    ],
    [
      'a form value',
      {
        bodyType: 'form',
        body: [
          { name: 'a', value: 'x{{deep.a}}' },
          {
            name: 'b',
            value: '{{#each many}}{{#each @root.many}}{{#each @root.many}}.{{/each}}{{/each}}{{/each}}',
          },
        ],
      },
      'webhook.body[1].value',
      'took more than',
    ],
    [
      'a template that can never work',
      { headers: [{ name: 'X-A', value: '{{#if a}}' }] },
      'webhook.headers[0].value',
      'inside a block',
    ],
    ['a field that is wrong', { method: 'HEAD' }, 'webhook.method', ''],
  ])('is refused for %s, and nothing is sent', async (_what, more, path, message) => {
    const sample = { line: 'a\nb', many: Array.from({ length: 60 }, () => 'x') };
    const answer = await run(aWebhook(more), { sample });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([path]);
    expect(answer.body.params[path]).toContain(message);
    expect(receiver.requests).toEqual([]);
  });

  it.each([
    [{ webhookId: 2_000_000 }, 'webhookId'],
    [{ tile: { parameters: { api_key: 'x' } } }, 'tile.parameters.api_key'],
    [{ tile: { parameters: { 'a b': '{{#if}}' } } }, 'tile.parameters["a b"]'],
    [{ tile: { rateLimit: 1 } }, 'tile.rateLimit'],
    [{ sample: { email: 1 } }, 'sample.email'],
    [{ other: 1 }, 'other'],
  ])('is refused with %j (C11)', async (more, path) => {
    const answer = await run(aWebhook(), more);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.params)).toEqual([path]);
    expect(receiver.requests).toEqual([]);
  });

  it('requires the scope “integrations”', async () => {
    const headers = { 'api-key': await world.keyWith('journeys', 'read', 'trigger') };
    for (const url of ['/api/journeyWebhooks/test', '/api/journeyWebhooks/preview']) {
      expect((await world.call('POST', url, { webhook: aWebhook() }, headers)).status).toBe(403);
    }
  });

  it('is limited to 20 at a time per server; the next gets a Retry-After', async () => {
    receiver.respond(hang);
    const running = Array.from({ length: 20 }, () => run(aWebhook()));
    await receiver.waitFor(20);
    const refused = await run(aWebhook());
    expect(refused).toMatchObject({ status: 429, body: { code: 'RateLimitExceeded' } });
    expect(refused.headers['retry-after']).toBe('10');
    receiver.respond({ body: ORDER });
    receiver.connections.forEach((socket) => socket.destroy());
    await Promise.all(running);
    expect((await run(aWebhook())).body.ok).toBe(true);
  });

  describe('with authentication', () => {
    const OAUTH = () => ({
      type: 'oauth2',
      clientId: 'wayhook',
      clientSecret: 'client-secret-1',
      tokenUrl: `${receiver.url}/token`,
    });
    const echo = (request: { headers: object }, response: { end: (text: string) => void }) =>
      response.end(JSON.stringify(request.headers));

    it.each([
      [{ type: 'basic', token: 'to"ken' }, 'authorization', 'Basic to"ken'],
      [
        { type: 'basicUser', username: 'ada', password: 'pass-word' },
        'authorization',
        'Basic YWRhOnBhc3Mtd29yZA==',
      ],
      [{ type: 'basicUser', username: 'live_key', password: '' }, 'authorization', 'Basic bGl2ZV9rZXk6'],
      [{ type: 'bearer', token: 'bearer-token' }, 'authorization', 'Bearer bearer-token'],
      [{ type: 'bearer', token: 'Bearer typed-token' }, 'authorization', 'Bearer typed-token'],
      [{ type: 'apiKey', header: 'X-Door', key: 'api-key-1' }, 'x-door', 'api-key-1'],
    ])(
      'sends it and shows none of it, even if the endpoint echoes it: %j',
      async (authentication, name, value) => {
        receiver.respond(echo);
        const answer = await run(aWebhook({ authentication }));
        expect(receiver.requests[0]!.headers[name]).toBe(value);
        expect(answer.body).toMatchObject({ ok: true, request: { headers: { [name]: '[redacted]' } } });
        const secret = value.replace(/^\w+ /, '');
        for (const text of [answer.body.response.body, JSON.stringify(answer.body)]) {
          expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
        }
        expect(answer.body.fields).toContainEqual({
          path: name,
          type: 'string',
          sample: value.replace(secret, '[redacted]'),
        });
        expect(JSON.stringify(world.logged)).not.toContain(secret);
      },
    );

    it('asks for an OAuth token of its own and stores nothing (B058)', async () => {
      receiver.respondAt('/token', { body: { access_token: 'access-token-1', expires_in: 60 } });
      receiver.respond(echo);
      const answer = await run(aWebhook({ authentication: OAUTH() }));
      expect(receiver.requests.map(({ url }) => url)).toEqual(['/token', '/orders']);
      expect(receiver.requests[1]!.headers.authorization).toBe('Bearer access-token-1');
      expect(answer.body.ok).toBe(true);
      expect(JSON.stringify(answer.body)).not.toMatch(/access-token-1|client-secret-1/);
      expect(await world.db.select().from(oauthTokens)).toEqual([]);
    });

    it('says why there is no token, and calls nothing', async () => {
      receiver.respondAt('/token', { status: 401, body: { error: 'invalid_client' } });
      const { body } = await run(aWebhook({ authentication: OAUTH() }));
      expect(body).toMatchObject({ ok: false, error: { reason: 'token' }, fields: [] });
      expect(body.error.message).toContain('invalid_client');
      expect(receiver.requests.map(({ url }) => url)).toEqual(['/token']);
    });

    it('uses the stored secret for the marker, only for its own host', async () => {
      const authentication = { type: 'bearer', token: 'stored-token' };
      const { id } = await saved(aWebhook({ authentication }));
      receiver.requests.length = 0;
      const marked = aWebhook({
        authentication: { type: 'bearer', token: SET },
        endpoint: `${receiver.url}/new`,
      });
      expect((await run(marked, { webhookId: id })).body.ok).toBe(true);
      expect(receiver.requests[0]!.headers.authorization).toBe('Bearer stored-token');
      receiver.requests.length = 0;
      const elsewhere = { ...marked, endpoint: receiver.url.replace('127.0.0.1', '127.0.0.2') };
      for (const [webhook, more] of [
        [elsewhere, { webhookId: id }],
        [marked, {}],
      ] as const) {
        const answer = await run(webhook, more);
        expect(answer).toMatchObject({
          status: 400,
          body: { params: { authentication: expect.any(String) } },
        });
      }
      expect(receiver.requests).toEqual([]);
    });

    it('stores no secret of a test', async () => {
      const before = await world.db.select().from(secrets);
      await run(aWebhook({ authentication: { type: 'bearer', token: 'only-tested' } }));
      expect(await world.db.select().from(secrets)).toEqual(before);
    });
  });

  describe('is needed before a webhook with Data Retrieval is saved (B109)', () => {
    const refused = (answer: Answer, message: string) => {
      expect(answer).toMatchObject({ status: 422, body: { code: 'TestRequired' } });
      expect(answer.body.msg).toContain(message);
      expect(answer.body.msg).toContain('POST /api/journeyWebhooks/test');
    };

    it('and its token lets it be saved, with the fields that were chosen (B104, B110, B111)', async () => {
      refused(await create(aWebhook()), 'after a successful test');
      const answer = await create(aWebhook(), await tokenOf(aWebhook({ liveDataFields: [] })));
      expect(answer).toMatchObject({ status: 201, body: { dataRetrieval: true, liveDataFields: FIELDS } });
      expect(answer.body).not.toHaveProperty('testToken');
      const rows = await world.db.select().from(webhooks).where(eq(webhooks.id, answer.body.id));
      expect(JSON.stringify(rows)).not.toContain('testToken');
    });

    it.each<[string, object]>([
      ['method', { method: 'PUT' }],
      ['endpoint', { endpoint: 'http://127.0.0.1/other' }],
      ['headers', { headers: [{ name: 'X-A', value: '1' }] }],
      ['body', { body: '{"a":1}' }],
      ['body type', { bodyType: 'form' }],
      ['email and workflowId', { includeEmailAndWorkflowId: false }],
      ['user fields', { userFields: ['city'] }],
      ['authentication', { authentication: { type: 'bearer', token: 'a' } }],
    ])('again when its %s has changed', async (_what, change) => {
      const webhook = await saved(aWebhook());
      const token = await tokenOf(aWebhook());
      refused(await create({ ...aWebhook(), ...change }, token), 'another request');
      refused(await update(webhook.id, { ...webhook, ...change }), 'after a successful test');
      refused(await update(webhook.id, { ...webhook, ...change }, token), 'another request');
      const read = await world.call('GET', `/api/journeyWebhooks/${webhook.id}`);
      expect(read.body).toEqual(webhook);
    });

    it('again when its secret has changed, and not when it is kept', async () => {
      const authentication = { type: 'bearer', token: 'first' };
      const webhook = await saved(aWebhook({ authentication }));
      expect((await update(webhook.id, { ...webhook, name: 'Renamed' })).status).toBe(200);
      expect((await update(webhook.id, aWebhook({ authentication }))).status).toBe(200);
      const changed = aWebhook({ authentication: { type: 'bearer', token: 'second' } });
      refused(await update(webhook.id, changed), 'after a successful test');
      refused(
        await update(webhook.id, changed, await tokenOf(aWebhook({ authentication }))),
        'another request',
      );
      expect((await update(webhook.id, changed, await tokenOf(changed))).status).toBe(200);
      const moved = { ...webhook, endpoint: `${receiver.url}/moved` };
      const token = await tokenOf(moved, { webhookId: webhook.id });
      expect((await update(webhook.id, moved, token)).status).toBe(200);
    });

    it('not again when only its name or the chosen fields change', async () => {
      const webhook = await saved(aWebhook());
      const changed = {
        ...webhook,
        name: 'Other',
        liveDataFields: [{ path: 'order.total', type: 'number' }],
      };
      const answer = await update(webhook.id, changed);
      expect(answer).toMatchObject({
        status: 200,
        body: { name: 'Other', liveDataFields: changed.liveDataFields },
      });
    });

    it('not for a webhook without it, until it is switched on', async () => {
      const off = { dataRetrieval: false, liveDataFields: [] };
      const { body: webhook } = await create(aWebhook(off));
      expect((await update(webhook.id, { ...webhook, method: 'PUT' })).status).toBe(200);
      receiver.respond({ body: 'no JSON' });
      const token = await tokenOf(aWebhook(off));
      refused(await update(webhook.id, aWebhook(), token), 'another request');
      expect((await update(webhook.id, aWebhook(off), token)).status).toBe(200);
    });

    it('and no other token will do', async () => {
      const foreign = await createApiWorld();
      const { testToken } = (await foreign.call('POST', '/api/journeyWebhooks/test', { webhook: aWebhook() }))
        .body;
      await foreign.close();
      const mine = await tokenOf(aWebhook());
      const altered = `${mine.slice(0, -2)}${mine.endsWith('AA') ? 'BB' : 'AA'}`;
      for (const token of ['', 'x', testToken, altered])
        refused(await create(aWebhook(), token), 'not a testToken of a test here');
      expect(await create(aWebhook(), 'x'.repeat(1_025))).toMatchObject({
        status: 400,
        body: { code: 'BadParams' },
      });
    });

    it('within 24 hours', async () => {
      const tested = Date.now();
      const now = jest.spyOn(Date, 'now').mockReturnValue(tested);
      try {
        const token = await tokenOf(aWebhook());
        now.mockReturnValue(tested + 86_399_999);
        expect((await create(aWebhook(), token)).status).toBe(201);
        now.mockReturnValue(tested + 86_400_000);
        refused(await create(aWebhook(), token), 'older than 24 hours');
      } finally {
        now.mockRestore();
      }
    });

    it('and eleven fields, fields without it, or a path that cannot be read are refused all the same (B110)', async () => {
      const eleven = Array.from({ length: 11 }, (_, index) => ({ path: `f${index}`, type: 'string' }));
      const token = await tokenOf(aWebhook());
      for (const [more, path] of [
        [{ liveDataFields: eleven }, 'liveDataFields[10]'],
        [{ liveDataFields: [] }, 'liveDataFields'],
        [{ dataRetrieval: false }, 'liveDataFields'],
        [{ liveDataFields: [{ path: 'a..b', type: 'string' }] }, 'liveDataFields[0].path'],
      ] as const) {
        const answer = await create(aWebhook(more), token);
        expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
        expect(Object.keys(answer.body.params)).toEqual([path]);
      }
    });
  });
});
