import { createHmac } from 'node:crypto';
import { findUser, updateUser } from '../../../src/db/users/users';
import { replaceWebhook } from '../../../src/usecases/webhooks/save-webhook';
import { WebhookInput } from '../../../src/domain/webhooks/webhook';
import { SYSTEM } from '../../../src/domain/audit';
import { METHODS } from '../../../src/domain/webhooks/request-parts';
import { makeCertificate } from '../../support/network/certificate';
import { wholeMinutes } from '../../support/minutes';
import { drip, hang, raw, rawOpen, type Reply, startReceiver } from '../../support/receiver';
import { createWorld, type Passage, type World } from '../../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Sends one user through a journey with one webhook tile, whose endpoint gives these replies in turn. */
async function sendThrough(
  path: string,
  replies: Parameters<World['receiver']['respond']>,
  tile: object = {},
) {
  world.receiver.respondAt(path, ...replies);
  const webhookId = await world.webhook({ endpoint: `${world.receiver.url}${path}` });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId, ...tile }]);
  const passage = await world.ended(await world.enter(journeyId, { dataFields: { promotionId: 123 } }));
  return { passage, requests: requestsTo(path) };
}

function requestsTo(path: string) {
  return world.receiver.requests.filter(({ url }) => url === path);
}

/** Minutes between the starts of successive attempts. */
function gaps({ deliveries }: Passage): number[] {
  const starts = deliveries[0]!.attempts.map((attempt) => attempt.startedAt.getTime());
  return starts.slice(1).map((start, index) => wholeMinutes(start - starts[index]!));
}

describe('a webhook tile', () => {
  it.each([200, 201, 202, 204, 299])('goes on after %i (B016)', async (status) => {
    const { passage, requests } = await sendThrough(`/ok-${status}`, [status]);
    expect(requests).toHaveLength(1);
    expect(passage.entry).toMatchObject({ status: 'completed', reason: null, tileId: 'call' });
    expect(passage.deliveries).toMatchObject([{ status: 'delivered', attempts: [{ number: 1, status }] }]);
  });

  it.each(METHODS)('calls the endpoint with %s, the method of its webhook (B003, B032)', async (method) => {
    const path = `/method-${method}`;
    const webhookId = await world.webhook({ method, endpoint: world.receiver.url + path });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const { entry } = await world.ended(await world.enter(journeyId));
    expect(entry.status).toBe('completed');
    const body = JSON.stringify({ email: 'test.user@example.com', workflowId: journeyId });
    expect(requestsTo(path).map((request) => [request.method, request.text])).toEqual([
      [method, method === 'GET' ? '' : body],
    ]);
  });

  it.each<[string, Reply]>([
    ['a JSON object', { body: { plan: 'changed', score: 2 } }],
    ['a JSON array', { body: [{ plan: 'changed' }] }],
    ['text', { body: 'OK' }],
    ['broken JSON', { body: '{"plan": "chan' }],
    ['no body', 204],
    ['a body that is not the gzip it claims to be', { headers: { 'content-encoding': 'gzip' }, body: '{}' }],
    ['more than 1 MiB', { body: { plan: 'x'.repeat(2 * 1024 * 1024) } }],
  ])('goes on after a 2xx with %s, and changes neither profile nor live data (B004)', async (what, reply) => {
    const path = `/discards-${what.replaceAll(/\W/g, '-')}`;
    world.receiver.respondAt(path, { body: { score: 1 } }, reply);
    const endpoint = world.receiver.url + path;
    const retrieval = { dataRetrieval: true, liveDataFields: [{ path: 'score', type: 'number' }] };
    const webhookId = await world.webhook({ endpoint, ...retrieval });
    const after = await world.webhook({
      endpoint: `${endpoint}-after`,
      includeEmailAndWorkflowId: false,
      body: '{"liveData": {{liveData}}}',
    });
    const identity = { email: `${path.slice(1)}@example.com` };
    const update = { ...identity, mergeNestedObjects: false, createNewFields: true };
    await updateUser(world, { ...update, dataFields: { plan: 'pro' } });
    const journeyId = await world.journey([
      { id: 'fetch', type: 'liveData', webhookId, name: 'fetched' },
      { id: 'call', type: 'webhook', webhookId },
      { id: 'after', type: 'webhook', webhookId: after },
    ]);

    const { entry, deliveries } = await world.ended(await world.enter(journeyId, { identity }));

    expect(entry.status).toBe('completed');
    expect(deliveries.map(({ tileId, status }) => [tileId, status])).toEqual([
      ['fetch', 'delivered'],
      ['call', 'delivered'],
      ['after', 'delivered'],
    ]);
    expect(requestsTo(path)).toHaveLength(2);
    expect(requestsTo(`${path}-after`).map((request) => request.json())).toEqual([
      { liveData: { score: 1, fetched: { score: 1 } } },
    ]);
    expect((await findUser(world.db, identity))!.dataFields).toEqual({ plan: 'pro' });
  });

  it('renders the endpoint of its webhook anew for each tile that calls it (B048)', async () => {
    const path = '/each-tile';
    world.receiver.respondAt(`${path}/Lyon`, { body: { city: 'Köln & Bonn' } });
    world.receiver.respondAt(`${path}/K%C3%B6ln+%26+Bonn`, { body: { city: 'Oslo' } });
    const webhookId = await world.webhook({
      method: 'GET',
      endpoint: `${world.receiver.url}${path}/{{#urlEncode}}{{city}}{{/urlEncode}}?of={{userId}}`,
      dataRetrieval: true,
      liveDataFields: [{ path: 'city', type: 'string' }],
    });
    const identity = { userId: 'traveller' };
    const update = { ...identity, mergeNestedObjects: false, createNewFields: true };
    await updateUser(world, { ...update, dataFields: { city: 'Lyon' } });
    const journeyId = await world.journey([
      { id: 'call', type: 'webhook', webhookId },
      { id: 'move', type: 'userProfile', webhookId },
      { id: 'fetch', type: 'liveData', webhookId, name: 'home', parameters: { tile: 'fetch' } },
      { id: 'again', type: 'webhook', webhookId, parameters: { from: '{{liveData.city}}' } },
    ]);
    const other = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);

    await world.ended(await world.enter(journeyId, { identity }));
    await world.ended(
      await world.enter(other, { identity: { userId: 'guest' }, dataFields: { city: 'Rom' } }),
    );

    const requests = world.receiver.requests.filter(({ url }) => url.startsWith(path));
    expect(requests.map(({ url }) => url)).toEqual([
      `${path}/Lyon?of=traveller`,
      `${path}/Lyon?of=traveller&userId=traveller`,
      `${path}/K%C3%B6ln+%26+Bonn?of=traveller&tile=fetch`,
      `${path}/K%C3%B6ln+%26+Bonn?of=traveller&from=Oslo`,
      `${path}/Rom?of=guest`,
    ]);
  });

  it('sends the same bytes and the same id again after 503 and 503, and then goes on (B019, B023)', async () => {
    const { passage, requests } = await sendThrough('/recovers', [503, 503, 200]);
    expect(passage.entry.status).toBe('completed');
    expect(gaps(passage)).toEqual([3, 3]);
    expect(new Set(requests.map((request) => request.text)).size).toBe(1);
    expect(requests.map((request) => request.headers['webhook-id'])).toEqual(
      Array(3).fill(passage.deliveries[0]!.id),
    );
  });

  it('renders helpers with the project’s key, and with one time for all its attempts (B147)', async () => {
    const path = '/helpers';
    world.receiver.respondAt(path, 503, 200);
    const webhookId = await world.webhook({
      endpoint: `${world.receiver.url}${path}`,
      includeEmailAndWorkflowId: false,
      body: '{"signed": "{{hmacSHA256 email}}", "at": {{timestamp}}}',
    });
    await world.ended(await world.enter(await world.journey([{ id: 'call', type: 'webhook', webhookId }])));
    const bodies = requestsTo(path).map(({ text }) => text);
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toBe(bodies[1]);
    const signed = createHmac('sha256', world.sealer.hmacKey).update('test.user@example.com').digest('hex');
    expect(JSON.parse(bodies[0]!)).toEqual({ signed, at: expect.any(Number) as number });
  });

  it.each([429, 502, 503, 504])(
    'exits after four answers of %i, three minutes apart (B010, B017, B018, B019, B020, B024, C1)',
    async (status) => {
      const { passage, requests } = await sendThrough(`/stays-${status}`, [status]);
      expect(requests).toHaveLength(4);
      expect(gaps(passage)).toEqual([3, 3, 3]);
      expect(passage.entry).toMatchObject({ status: 'exited', reason: 'http_status', tileId: 'call' });
      expect(passage.entry.detail).toMatch(new RegExp(`${status}.*after 4 requests`));
    },
  );

  it.each([301, 400, 401, 403, 404, 408, 409, 410, 418, 500, 501, 505])(
    'exits after one answer of %i (B021, B022)',
    async (status) => {
      const { passage, requests } = await sendThrough(`/refuses-${status}`, [status]);
      expect(requests).toHaveLength(1);
      expect(passage.entry.status).toBe('exited');
      expect(passage.deliveries).toMatchObject([{ status: 'failed', attempts: [{ outcome: 'giveUp' }] }]);
    },
  );

  it('calls a hanging endpoint four times, for ten seconds each, then exits (B014, B015)', async () => {
    const { passage, requests } = await sendThrough('/hangs', [hang]);
    expect(requests).toHaveLength(4);
    expect(gaps(passage)).toEqual([3, 3, 3]);
    expect(passage.entry).toMatchObject({ status: 'exited', reason: 'timeout' });
    for (const { durationMs } of passage.deliveries[0]!.attempts)
      expect(durationMs).toBeGreaterThanOrEqual(9_990);
  });

  it('retries an answer that breaks off in its head', async () => {
    const { passage } = await sendThrough('/breaks-off', [raw('HTTP/1.1 2'), 200]);
    expect(passage.deliveries[0]!.attempts.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['retry', 'network'],
      ['delivered', null],
    ]);
  });

  it.each<[string, Reply, number, string | null]>([
    ['a length on a 204', rawOpen('HTTP/1.1 204 X\r\ncontent-length: 3\r\n\r\n'), 204, null],
    [
      'two lengths',
      rawOpen('HTTP/1.1 200 X\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'),
      200,
      'length',
    ],
    [
      'a body that is cut',
      raw('HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n{}'),
      200,
      'closed the connection',
    ],
    ['a body that drips', drip(1_000), 200, 'within 10 seconds'],
    ['a long body', { body: 'x'.repeat(20_000) }, 200, 'larger than 16 KiB'],
    ['interim answers before it', raw('HTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 X\r\n\r\n'), 204, null],
  ])(
    'goes on after a 2xx with %s, and logs what came of the body (B004)',
    async (what, reply, status, detail) => {
      const { passage, requests } = await sendThrough(`/odd-${what.replaceAll(' ', '-')}`, [reply]);
      expect(requests).toHaveLength(1);
      expect(passage.entry).toMatchObject({ status: 'completed', detail: null });
      const [attempt] = passage.deliveries[0]!.attempts;
      expect(attempt).toMatchObject({ status, outcome: 'delivered', reason: null });
      expect(attempt!.detail).toEqual(detail === null ? null : expect.stringContaining(detail));
    },
  );

  it('exits after a 101, which nobody asked for (B022)', async () => {
    const { passage, requests } = await sendThrough('/switches', [
      rawOpen('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n'),
    ]);
    expect(requests).toHaveLength(1);
    expect(passage.entry).toMatchObject({ status: 'exited', reason: 'http_status' });
    expect(passage.entry.detail).toContain('101 Switching Protocols');
    expect(passage.deliveries[0]!.attempts).toMatchObject([{ status: 101, outcome: 'giveUp' }]);
  });

  it('exits after one call to an endpoint with an untrusted certificate (B027)', async () => {
    const secure = await startReceiver(200, makeCertificate('127.0.0.1'));
    const webhookId = await world.webhook({ endpoint: secure.url });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const { entry, deliveries } = await world.ended(await world.enter(journeyId));
    await secure.close();
    expect(entry).toMatchObject({ status: 'exited', reason: 'tls' });
    expect(deliveries[0]!.attempts).toHaveLength(1);
    expect(secure.requests).toHaveLength(0);
  });

  it('waits for a Retry-After longer than three minutes', async () => {
    const { passage } = await sendThrough('/later', [
      { status: 429, headers: { 'retry-after': '1200' } },
      200,
    ]);
    expect(gaps(passage)).toEqual([20]);
  });

  it('follows the tile’s failure way if it has one', async () => {
    const { passage } = await sendThrough('/other-way', [400], { onFailure: 'exit' });
    expect(passage.entry.status).toBe('completed');
    expect(passage.deliveries[0]!.status).toBe('failed');
  });

  it('tries the next user after one has exited (B025)', async () => {
    world.receiver.respondAt('/next-user', 400, 200);
    const webhookId = await world.webhook({ endpoint: `${world.receiver.url}/next-user` });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const first = await world.ended(await world.enter(journeyId, { identity: { userId: 'a' } }));
    const second = await world.ended(await world.enter(journeyId, { identity: { userId: 'b' } }));
    expect([first.entry.status, second.entry.status]).toEqual(['exited', 'completed']);
  });

  it('redacts credentials in the headers of an answer', async () => {
    const headers = { 'set-cookie': 'session=1', 'x-access-token': 'secret', 'x-request-id': '7' };
    const { passage } = await sendThrough('/cookies', [{ headers }]);
    expect(passage.deliveries[0]!.attempts[0]!.responseHeaders).toMatchObject({
      'set-cookie': '[redacted]',
      'x-access-token': '[redacted]',
      'x-request-id': '7',
    });
  });

  describe('whose endpoint repeats what it was sent', () => {
    const echo: Reply = ({ headers, text }, response) => {
      const all = JSON.stringify({ headers, text });
      const inBase64 = Object.values(headers).map((value) => Buffer.from(String(value)).toString('base64'));
      const sent = String(headers.authorization ?? headers['x-door'] ?? headers['x-access-token'] ?? '');
      response.writeHead(200, { 'x-back': encodeURIComponent(sent) }).end(`${all} ${inBase64.join(' ')}`);
    };
    const oauth2 = { type: 'oauth2', clientId: 'wayhook', clientSecret: 'client-secret' };
    const inkit = { destination: 'inkit', inkit: { templateId: 't', fields: { first_name: 'A' } } };

    it.each<[string, object, string[]]>([
      ['a Basic token', { authentication: { type: 'basic', token: 'to"k/en' } }, ['to"k/en', 'to\\"k/en']],
      [
        'user and password',
        { authentication: { type: 'basicUser', username: 'ada', password: 'pass-word' } },
        ['YWRhOnBhc3Mtd29yZA', 'pass-word'],
      ],
      ['a bearer token', { authentication: { type: 'bearer', token: 'bearer-token' } }, ['bearer-token']],
      [
        'an API key',
        { authentication: { type: 'apiKey', header: 'X-Door', key: 'key & 1' } },
        ['key & 1', 'key%20%26'],
      ],
      ['an access token', { authentication: oauth2 }, ['access-token-1', 'client-secret']],
      ['a custom header', { headers: [{ name: 'X-Access-Token', value: 'custom-token' }] }, ['custom-token']],
      [
        'Inkit’s token',
        { ...inkit, authentication: { type: 'inkit', apiToken: 'inkit-token' } },
        ['inkit-token'],
      ],
    ])('has %s redacted in the log of the delivery', async (what, webhook, secrets) => {
      const path = `/echo-${what.replace(/\W/g, '')}`;
      world.receiver.respondAt(path, echo);
      world.receiver.respondAt('/echo-token', { body: { access_token: 'access-token-1' } });
      const { authentication } = webhook as { authentication?: { type: string } };
      const tokenUrl = `${world.receiver.url}/echo-token`;
      const withUrl = authentication === oauth2 && { authentication: { ...oauth2, tokenUrl } };
      const webhookId = await world.webhook({ endpoint: world.receiver.url + path, ...webhook, ...withUrl });
      const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
      const { deliveries } = await world.ended(await world.enter(journeyId));
      const { attempts } = deliveries[0]!;
      expect(attempts).toMatchObject([{ status: 200, responseBody: expect.stringContaining('[redacted]') }]);
      for (const secret of secrets) {
        expect(JSON.stringify(requestsTo(path)[0])).toContain(JSON.stringify(secrets[0]).slice(1, -1));
        expect(attempts[0]!.responseBody).not.toContain(secret);
        const inBase64 = attempts[0]!.responseBody!.match(/[A-Za-z0-9+/]{8,}/g) ?? [];
        expect(inBase64.map((text) => Buffer.from(text, 'base64').toString()).join(' ')).not.toContain(
          secret,
        );
        expect(JSON.stringify(attempts[0]!.responseHeaders)).not.toContain(secret);
      }
    });

    it('has no start of a secret at the end of a body that is cut', async () => {
      const token = 'a-token-of-some-length';
      world.receiver.respondAt('/echo-cut', { body: 'x'.repeat(16_384 - 10) + token });
      const webhookId = await world.webhook({
        endpoint: `${world.receiver.url}/echo-cut`,
        authentication: { type: 'bearer', token },
      });
      const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
      const { deliveries } = await world.ended(await world.enter(journeyId));
      expect(deliveries[0]!.attempts[0]!.responseBody).toMatch(/^x+\[redacted\]$/);
    });
  });
});

test('a retry goes to the host that the webhook moved to: its new secret is not sent to the former one', async () => {
  const elsewhere = await startReceiver();
  const bearer = (token: string) => ({ type: 'bearer' as const, token });
  const moved = { endpoint: `${elsewhere.url}/moved`, authentication: bearer('second-token') };
  world.receiver.respondAt('/moves', (_request, response) => {
    const replaced = replaceWebhook(
      { ...world, author: SYSTEM },
      webhookId,
      WebhookInput.parse({ name: 'Moved', ...moved }),
    );
    void replaced.then(() => response.writeHead(503).end());
  });
  const endpoint = `${world.receiver.url}/moves`;
  const webhookId = await world.webhook({ endpoint, authentication: bearer('first-token') });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  const { entry } = await world.ended(await world.enter(journeyId));
  expect(entry.status).toBe('completed');
  const sent = [requestsTo('/moves'), elsewhere.requests].map((requests) =>
    requests.map(({ headers }) => headers.authorization),
  );
  expect(sent).toEqual([['Bearer first-token'], ['Bearer second-token']]);
  await elsewhere.close();
});
