import { gzipSync } from 'node:zlib';
import { version } from '../../package.json';
import { createAgent } from '../../src/webhook/agent';
import { type Answer, send, type SendOptions } from '../../src/webhook/send';
import { drip, hang, raw, type Receiver, type Reply, reset, startReceiver } from '../support/receiver';
import { until } from '../support/until';

const LOOPBACK = { allowedNetworks: ['127.0.0.0/8'], allowHttp: true };
const agent = createAgent(LOOPBACK, { connections: 10 });
let receiver: Receiver;

beforeEach(async () => (receiver = await startReceiver()));
afterEach(() => receiver.close());
afterAll(() => agent.destroy());

function call(path = '/', options: Partial<SendOptions> = {}, url = receiver.url + path): Promise<Answer> {
  return send(agent, { method: 'GET', url, headers: {} }, { ...LIMITS, ...options });
}

const LIMITS: SendOptions = { timeoutMs: 60_000, maxBytes: 1_000, onLimit: 'truncate' };

describe('the request', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('B003: goes out as %s', async (method) => {
    const body = method === 'GET' ? undefined : '{"name":"Zoë"}';
    await send(
      agent,
      { method, url: `${receiver.url}/a/b?c=d%20e#f`, headers: { 'x-tenant': 'é' }, body },
      LIMITS,
    );
    const [sent] = receiver.requests;
    expect(sent).toMatchObject({ method, url: '/a/b?c=d%20e', text: body ?? '' });
    expect(sent!.headers).toMatchObject({ 'x-tenant': 'é', host: `127.0.0.1:${receiver.port}` });
    expect(sent!.headers['content-length']).toBe(body && '15');
  });

  test('names Wayhook and asks for an uncompressed body', async () => {
    await call();
    expect(receiver.requests[0]!.headers).toMatchObject({
      'user-agent': `Wayhook/${version}`,
      'accept-encoding': 'identity',
    });
  });

  test('uses a given user-agent, and never another encoding', async () => {
    const headers = { 'User-Agent': 'Mine/1', 'Accept-Encoding': 'gzip' };
    await send(agent, { method: 'GET', url: receiver.url, headers }, LIMITS);
    const { rawHeaders } = receiver.requests[0]!;
    expect(rawHeaders.join('|').toLowerCase()).toContain('user-agent|mine/1');
    expect(rawHeaders.filter((text) => text.toLowerCase() === 'accept-encoding')).toHaveLength(1);
    expect(receiver.requests[0]!.headers['accept-encoding']).toBe('identity');
  });

  test('sends the later of two spellings of a header, once', async () => {
    const headers = { Authorization: 'custom', authorization: 'Bearer t' };
    await send(agent, { method: 'GET', url: receiver.url, headers }, LIMITS);
    expect(receiver.requests[0]!.rawHeaders.join('|')).not.toContain('custom');
    expect(receiver.requests[0]!.headers.authorization).toBe('Bearer t');
  });

  test.each([
    ['x-name', 'a\r\nx-injected: 1'],
    ['x-name', 'a\nb'],
    ['x-name', 'a\0b'],
    ['x-name', 'Łódź'],
    ['x-name', '✓'],
    ['x name', 'a'],
    ['x-name:', 'a'],
    ['', 'a'],
  ])('is not sent with a header that HTTP does not allow: %j: %j', async (name, value) => {
    const answer = await send(
      agent,
      { method: 'GET', url: receiver.url, headers: { [name]: value } },
      LIMITS,
    );
    expect(answer).toMatchObject({
      kind: 'failure',
      reason: 'render',
      detail: expect.stringContaining(name),
    });
    expect(receiver.requests).toHaveLength(0);
  });
});

describe('the answer', () => {
  test.each([200, 201, 204, 299, 304, 400, 401, 404, 429, 500, 503, 599])(
    'has the status %d',
    async (status) => {
      receiver.respond(status);
      expect(await call()).toMatchObject({ kind: 'response', status, truncated: false });
    },
  );

  test.each([301, 302, 303, 307, 308])('B022: a %d is not followed', async (status) => {
    receiver.respondAt('/', { status, headers: { location: `${receiver.url}/elsewhere` } });
    expect(await call()).toMatchObject({ kind: 'response', status });
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/']);
  });

  test('has lower-case headers, repeated ones joined', async () => {
    receiver.respond({ headers: { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] } });
    expect(await call()).toMatchObject({ headers: { 'x-one': 'a', 'set-cookie': 'b=1, c=2' } });
  });

  test('has a duration from a monotonic clock', async () => {
    const answer = await call();
    expect(Number.isInteger(answer.durationMs)).toBe(true);
    expect(answer.durationMs).toBeGreaterThanOrEqual(0);
  });

  test('leaves a gzip body as received', async () => {
    const body = gzipSync('{"a":1}');
    receiver.respond({ headers: { 'content-encoding': 'gzip' }, body });
    expect(await call()).toMatchObject({ body, headers: { 'content-encoding': 'gzip' } });
  });

  test('skips interim responses', async () => {
    receiver.respond((_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('done');
    });
    expect(await call()).toMatchObject({ kind: 'response', status: 200, body: Buffer.from('done') });
  });
});

describe('a long body', () => {
  const endless: Reply = (_request, response) => {
    const more = () => {
      while (response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  };

  test.each([
    [999, false],
    [1_000, false],
    [1_001, true],
    [5_000_000, true],
  ])('of %d bytes is read up to the limit: truncated %s', async (length, truncated) => {
    receiver.respond({ body: 'x'.repeat(length) });
    const answer = await call();
    expect(answer).toMatchObject({ kind: 'response', status: 200, truncated });
    expect(answer.kind === 'response' && answer.body.length).toBe(Math.min(length, 1_000));
  });

  test('without an end is cut, or fails if it must be whole', async () => {
    receiver.respond(endless);
    expect(await call()).toMatchObject({ kind: 'response', truncated: true });
    expect(await call('/', { onLimit: 'fail' })).toMatchObject({
      kind: 'failure',
      reason: 'response_too_large',
      detail: 'The answer is longer than 1000 bytes.',
    });
  });

  test('of exactly the limit does not fail', async () => {
    receiver.respond({ body: 'x'.repeat(1_000) });
    expect(await call('/', { onLimit: 'fail' })).toMatchObject({ kind: 'response', truncated: false });
  });

  test('that was cut neither blocks nor leaks a connection', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    receiver.respondAt('/endless', endless);
    for (let round = 0; round < 20; round += 1) {
      const request = { method: 'GET', url: `${receiver.url}/endless`, headers: {} };
      expect(await send(one, request, LIMITS)).toMatchObject({ truncated: true });
    }
    const request = { method: 'GET', url: receiver.url, headers: {} };
    expect(await send(one, request, LIMITS)).toMatchObject({ status: 200, truncated: false });
    await until(async () => receiver.connections.size <= 2);
    await one.destroy();
  });
});

describe('connections', () => {
  test('are reused for the next request', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    const request = { method: 'POST', url: receiver.url, headers: {}, body: 'x' };
    for (let round = 0; round < 5; round += 1) await send(one, request, LIMITS);
    expect(receiver.connectionCount).toBe(1);
    await one.destroy();
  });

  test('to one origin are bounded', async () => {
    const two = createAgent(LOOPBACK, { connections: 2 });
    const request = { method: 'GET', url: receiver.url, headers: {} };
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(two, request, LIMITS)));
    expect(answers.every((answer) => answer.kind === 'response')).toBe(true);
    expect(receiver.connectionCount).toBe(2);
    await two.destroy();
  });
});

describe('B014: the deadline covers the whole exchange', () => {
  const EXPIRED = {
    kind: 'failure',
    reason: 'timeout',
    detail: 'No complete answer within 0.2 seconds.',
  };

  test.each<[string, Reply]>([
    ['an endpoint that hangs', hang],
    ['a body that drips', drip(20)],
    [
      'headers that drip',
      (_request, { socket }) => {
        socket?.write('HTTP/1.1 200 OK\r\nx-drip: ');
        const timer = setInterval(() => socket?.write('.'), 20);
        socket?.once('close', () => clearInterval(timer));
      },
    ],
    ['a body that stops', (_request, response) => void response.writeHead(200).write('half')],
  ])('%s', async (_kind, reply) => {
    receiver.respond(reply);
    const answer = await call('/', { timeoutMs: 200 });
    expect(answer).toMatchObject(EXPIRED);
    expect(answer.durationMs).toBeGreaterThanOrEqual(190);
  });

  test('a request still waiting for a connection, which is then never sent', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    let release = () => {};
    receiver.respondAt('/slow', (_request, response) => void (release = () => response.end()));
    const request = (path: string) => ({ method: 'GET', url: receiver.url + path, headers: {} });
    const slow = send(one, request('/slow'), LIMITS);
    await receiver.waitFor(1);
    expect(await send(one, request('/queued'), { ...LIMITS, timeoutMs: 200 })).toMatchObject(EXPIRED);
    release();
    expect(await slow).toMatchObject({ kind: 'response' });
    expect(await send(one, request('/next'), LIMITS)).toMatchObject({ kind: 'response' });
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/slow', '/next']);
    await one.destroy();
  });

  test('an answer that arrived while the process stalled is read', async () => {
    await call();
    const standsUntil = performance.now() + 3_100;
    receiver.respond((_request, response) => {
      response.end('in time');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standsUntil - performance.now());
    });
    expect(await call('/', { timeoutMs: 3_000 })).toMatchObject({ kind: 'response', status: 200 });
  });

  test('its connection is closed, so that the next request is not delayed', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    receiver.respondAt('/hangs', hang);
    const request = (path: string) => ({ method: 'GET', url: receiver.url + path, headers: {} });
    expect(await send(one, request('/hangs'), { ...LIMITS, timeoutMs: 200 })).toMatchObject(EXPIRED);
    expect(await send(one, request('/'), LIMITS)).toMatchObject({ kind: 'response', status: 200 });
    await one.destroy();
  });
});

describe('G3: a network failure may be temporary', () => {
  test.each<[string, Reply]>([
    ['a connection that is reset', reset],
    ['a connection that is closed', (_request, response) => void response.socket?.end()],
    [
      'an answer that breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half', () => response.socket?.destroy());
      },
    ],
    ['an answer of another protocol', raw('220 smtp.example.com ESMTP\r\n')],
    ['an answer with a broken header', raw('HTTP/1.1 200 OK\r\nno colon\r\n\r\n')],
    [
      'an answer with two lengths',
      raw('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'),
    ],
    ['a chunk without a size', raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')],
    ['a switch of protocols that nobody asked for', raw('HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n')],
  ])('%s', async (_kind, reply) => {
    receiver.respond(reply);
    expect(await call()).toMatchObject({ kind: 'failure', reason: 'network' });
  });

  test('a port where nobody listens', async () => {
    const gone = await startReceiver();
    await gone.close();
    expect(await call('/', {}, gone.url)).toMatchObject({
      kind: 'failure',
      reason: 'network',
      detail: 'The endpoint refused the connection (ECONNREFUSED).',
    });
  });

  test('endless headers are too large, not malformed', async () => {
    receiver.respond(raw(`HTTP/1.1 200 OK\r\n${'x-filler: abcdefgh\r\n'.repeat(5_000)}\r\n`));
    expect(await call()).toMatchObject({ kind: 'failure', reason: 'response_too_large' });
  });
});

describe('B026: a URL that cannot be called', () => {
  test.each([
    ['no URL', 'not a url'],
    ['nothing', ''],
    ['no host', 'http://'],
    ['another scheme', 'ftp://127.0.0.1/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,hello'],
    ['a port out of range', 'http://127.0.0.1:70000/'],
    ['a user name and password', 'http://user:pass@127.0.0.1/'],
    ['a host that does not exist', 'http://does-not-exist.invalid/'],
    ['a label too long for DNS', `http://${'a'.repeat(64)}.invalid/`],
    ['a host too long for DNS', `http://${'a.'.repeat(150)}invalid/`],
  ])('%s', async (_kind, url) => {
    const answer = await call('', {}, url);
    expect(answer).toMatchObject({ kind: 'failure', reason: 'invalid_url' });
    expect(JSON.stringify(answer)).not.toMatch(/user:pass|invalid\/|aaaa/);
  });
});

test('an internal fault is thrown, because it says nothing about the endpoint', async () => {
  const closed = createAgent(LOOPBACK, { connections: 1 });
  await closed.destroy();
  const request = { method: 'GET', url: receiver.url, headers: {} };
  await expect(send(closed, request, LIMITS)).rejects.toThrow('destroyed');
});
