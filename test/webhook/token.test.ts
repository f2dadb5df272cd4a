import { gzipSync } from 'node:zlib';
import { createAgent } from '../../src/webhook/agent';
import { type ClientCredentials, requestToken } from '../../src/webhook/token';
import {
  drip,
  hang,
  raw,
  rawOpen,
  type Receiver,
  type Reply,
  reset,
  startReceiver,
} from '../support/receiver';
import { type RealProvider, startIdentityProvider } from '../support/network/identity-provider';

const SECRET = 'sécret &=+/%';
const agent = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 5 });
let receiver: Receiver;
let provider: RealProvider;

beforeAll(async () => {
  [receiver, provider] = await Promise.all([startReceiver(), startIdentityProvider('https://example.com/')]);
});
afterAll(async () => {
  await agent.destroy();
  await provider.stop();
  await receiver.close();
});

function request(tokenUrl = `${receiver.url}/token`, more: Partial<ClientCredentials> = {}) {
  return requestToken(agent, { tokenUrl, clientId: 'id with space', clientSecret: SECRET, ...more });
}

function answering(body: unknown, status = 200): Reply {
  return { status, body: typeof body === 'string' ? body : Buffer.from(JSON.stringify(body)) };
}

test('B058 to B062: an OAuth server gives a token and its lifetime', async () => {
  const { issuer, clientSecret } = provider;
  const answer = await request(`${issuer}/token`, { clientId: 'crm-post', clientSecret });
  expect(answer).toEqual({ ok: true, accessToken: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 3_600 });
  expect(await request(`${issuer}/token`, { clientId: 'crm-post' })).toMatchObject({ ok: false });
});

test('B059, B060: posts the credentials as a form, each value encoded', async () => {
  receiver.respond(answering({ access_token: 'a' }));
  await request();
  const sent = receiver.requests.at(-1)!;
  expect(sent.method).toBe('POST');
  expect(sent.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(sent.text).toBe(
    'client_id=id+with+space&client_secret=s%C3%A9cret+%26%3D%2B%2F%25&grant_type=client_credentials',
  );
});

test('a token has the scope and the parameters that were asked for', async () => {
  const { issuer, clientSecret } = provider;
  const resource = 'https://api.example.com/?a=1&b=2';
  const answer = await request(`${issuer}/token`, {
    ...{ clientId: 'crm-basic', clientSecret, clientAuthentication: 'basic' },
    ...{ scope: 'orders:read orders:write', parameters: { resource } },
  });
  const [, claims] = (answer as { accessToken: string }).accessToken.split('.');
  expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({
    scope: 'orders:read orders:write',
    aud: resource,
  });
});

test('RFC 6749, 2.3.1: client id and secret go in a Basic header, each form-encoded, and not in the body', async () => {
  receiver.respond(answering({ access_token: 'a' }));
  const clientId = 'id: with space+é*~';
  await request(undefined, { clientId, clientAuthentication: 'basic', parameters: { audience: 'é &' } });
  const sent = receiver.requests.at(-1)!;
  const [, scheme, pair] = /^(\w+) (\S+)$/.exec(sent.headers.authorization!)!;
  expect(scheme).toBe('Basic');
  const form = Buffer.from(pair!, 'base64').toString('latin1').replace(':', '&secret=');
  expect(Object.fromEntries(new URLSearchParams(`id=${form}`))).toEqual({ id: clientId, secret: SECRET });
  expect(sent.text).toBe('audience=%C3%A9+%26&grant_type=client_credentials');
});

test('client id and secret go in the body, and not in a header, where nothing else is said', async () => {
  receiver.respond(answering({ access_token: 'a' }));
  await request(undefined, { clientAuthentication: 'body', scope: 'a b', parameters: { resource: 'urn:x' } });
  const sent = receiver.requests.at(-1)!;
  expect(sent.headers).not.toHaveProperty('authorization');
  expect(Object.fromEntries(new URLSearchParams(sent.text))).toEqual({
    client_id: 'id with space',
    client_secret: SECRET,
    grant_type: 'client_credentials',
    scope: 'a b',
    resource: 'urn:x',
  });
});

test.each([
  ['B069: without a token_type', { access_token: 'abc', expires_in: 432_000 }, 432_000],
  ['B062: without expires_in', { access_token: 'abc', token_type: 'bearer' }, null],
  ['B062: with expires_in as text', { access_token: 'abc', expires_in: '60' }, 60],
  ['B062: with an expires_in of nothing', { access_token: 'abc', expires_in: 0 }, 0],
  ['B062: with an expires_in beyond a lifetime', { access_token: 'abc', expires_in: 1e15 }, 2_147_483_647],
  ['B062: with an expires_in that is no number of seconds', { access_token: 'abc', expires_in: 1.5 }, null],
  ['B062: with a negative expires_in', { access_token: 'abc', expires_in: -1 }, null],
  ['B062: with an expires_in of another type', { access_token: 'abc', expires_in: { s: 1 } }, null],
])('an answer %s is good', async (_claim, body, expiresIn) => {
  receiver.respond(answering(body));
  expect(await request()).toEqual({ ok: true, accessToken: 'abc', expiresIn });
});

test('an answer of 201 that begins with a byte order mark is good', async () => {
  receiver.respond(answering('\uFEFF{"access_token":"abc"}', 201));
  expect(await request()).toMatchObject({ ok: true, accessToken: 'abc' });
});

test.each<[string, Reply]>([
  ['gzip', { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"access_token":"abc"}') }],
  [
    'UTF-16',
    {
      headers: { 'content-type': 'application/json; charset=utf-16le' },
      body: Buffer.from('{"access_token":"abc"}', 'utf16le'),
    },
  ],
])('an answer in %s is good', async (_kind, reply) => {
  receiver.respond(reply);
  expect(await request()).toMatchObject({ ok: true, accessToken: 'abc' });
});

test('an answer after a 100 that nobody asked for is good', async () => {
  const body = '{"access_token":"abc"}';
  const final = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  receiver.respond(raw(`HTTP/1.1 100 Continue\r\n\r\n${final}`));
  expect(await request()).toMatchObject({ ok: true, accessToken: 'abc' });
});

test('a request that a reused connection lost is sent again', async () => {
  const one = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 1 });
  const credentials = { tokenUrl: `${receiver.url}/token`, clientId: 'id', clientSecret: SECRET };
  receiver.respond(answering({ access_token: 'a' }), reset, answering({ access_token: 'b' }));
  await requestToken(one, credentials);
  expect(await requestToken(one, credentials)).toMatchObject({ ok: true, accessToken: 'b' });
  await one.destroy();
});

describe('B029, B061: no token, and a detail without the secret', () => {
  test.each<[string, Reply, string]>([
    ['no access_token', answering({ token: 'abc' }), 'without an access_token'],
    ['an access_token that is no string', answering({ access_token: 5 }), 'without an access_token'],
    ['an empty access_token', answering({ access_token: '' }), 'without an access_token'],
    ['a line break in the token', answering({ access_token: 'a\r\nx: y' }), 'not allowed in a header'],
    ['a token beyond ASCII', answering({ access_token: 'tökén' }), 'not allowed in a header'],
    ['an array', answering([{ access_token: 'abc' }]), 'JSON object'],
    ['null', answering('null'), 'JSON object'],
    ['a form', answering('access_token=abc'), 'JSON object'],
    ['nothing', 204, 'JSON object'],
    ['half a JSON text', answering('{"access_token":"abc"'), 'JSON object'],
    [
      'a refusal with a known code',
      answering({ error: 'invalid_client' }, 401),
      '401 Unauthorized (invalid_client)',
    ],
    ['a refusal that echoes', answering({ error: SECRET }, 400), 'answered 400 Bad Request.'],
    ['a token with an error status', answering({ access_token: 'abc' }, 500), '500 Internal Server Error'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, '302 Found'],
    ['a closed connection', reset, 'closed the connection'],
    [
      'a body that breaks off',
      raw(`HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"access_token":"abc"}`),
      'complete',
    ],
    ['another protocol', rawOpen('HTTP/1.1 101 Switching Protocols\r\n\r\n'), 'answered 101'],
    ['what is not HTTP', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'not HTTP'],
    [
      'more than a token needs',
      answering({ access_token: 'a', more: 'x'.repeat(70_000) }),
      'larger than 64 KiB',
    ],
  ])('%s', async (_kind, reply, detail) => {
    receiver.respond(reply);
    const answer = await request();
    expect(answer).toEqual({ ok: false, detail: expect.stringContaining(detail) });
    expect(JSON.stringify(answer)).not.toMatch(/s.cret/);
  });

  test('a redirect is not followed', async () => {
    const before = receiver.requests.length;
    receiver.respond({ status: 307, headers: { location: `${receiver.url}/elsewhere` } });
    await request();
    expect(receiver.requests.slice(before).map(({ url }) => url)).toEqual(['/token']);
  });

  test('a token URL that is not public is not called', async () => {
    const guarded = createAgent({ allowedNetworks: [], allowHttp: true }, { connections: 1 });
    const before = receiver.requests.length;
    const answer = await requestToken(guarded, {
      tokenUrl: receiver.url,
      clientId: 'a',
      clientSecret: SECRET,
    });
    await guarded.destroy();
    expect(answer).toEqual({ ok: false, detail: expect.stringContaining('public internet') });
    expect(receiver.requests).toHaveLength(before);
  });

  test('no answer within ten seconds, from an endpoint that hangs or drips', async () => {
    receiver.respondAt('/hang', hang);
    receiver.respondAt('/drip', drip(500));
    const answers = await Promise.all(['/hang', '/drip'].map((path) => request(receiver.url + path)));
    const detail = expect.stringContaining('within 10 seconds');
    expect(answers).toEqual([
      { ok: false, detail },
      { ok: false, detail },
    ]);
  });
});
