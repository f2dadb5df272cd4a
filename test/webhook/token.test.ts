import { OAuth2Server } from 'oauth2-mock-server';
import { createAgent } from '../../src/webhook/agent';
import { requestToken } from '../../src/webhook/token';
import { drip, hang, raw, type Receiver, type Reply, reset, startReceiver } from '../support/receiver';

const SECRET = 'sécret &=+/%';
const agent = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 5 });
let receiver: Receiver;

beforeAll(async () => (receiver = await startReceiver()));
afterAll(async () => {
  await agent.destroy();
  await receiver.close();
});

function request(tokenUrl = `${receiver.url}/token`) {
  return requestToken(agent, { tokenUrl, clientId: 'id with space', clientSecret: SECRET });
}

function answering(body: unknown, status = 200): Reply {
  return { status, body: typeof body === 'string' ? body : Buffer.from(JSON.stringify(body)) };
}

test('B058 to B062: an OAuth server gives a token and its lifetime', async () => {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(0, '127.0.0.1');
  const { port } = server.address();
  const answer = await request(`http://127.0.0.1:${port}/token`);
  await server.stop();
  expect(answer).toEqual({
    ok: true,
    accessToken: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
    expiresIn: 3_600,
  });
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
    ['what is not HTTP', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'not HTTP'],
    ['more than a token needs', answering({ access_token: 'a', more: 'x'.repeat(70_000) }), '65536 bytes'],
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
