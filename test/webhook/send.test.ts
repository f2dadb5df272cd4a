import { version } from '../../package.json';
import { createAgent } from '../../src/webhook/agent';
import { type Answer, send, type SendOptions } from '../../src/webhook/send';
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

const LIMITS: SendOptions = { timeoutMs: 60_000, maxBytes: 1_000 };

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
      expect(await call()).toMatchObject({ kind: 'response', status, bodyFault: undefined });
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

  test('skips interim responses', async () => {
    receiver.respond((_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('done');
    });
    expect(await call()).toMatchObject({ kind: 'response', status: 200, body: Buffer.from('done') });
  });

  test.each([200, 422])('of %d counts after a 100 that nobody asked for', async (status) => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    receiver.respond(rawOpen(`${interim.repeat(3)}HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\n{}`));
    expect(await call()).toMatchObject({ kind: 'response', status, body: Buffer.from('{}') });
  });

  test.each(['upgrade: websocket\r\nconnection: Upgrade\r\n', ''])(
    'may be a switch of protocols: %j',
    async (headers) => {
      receiver.respond(rawOpen(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`));
      expect(await call()).toMatchObject({ kind: 'response', status: 101 });
    },
  );
});

describe('a head that undici would refuse', () => {
  const CLOSED = expect.objectContaining({ connection: 'close' });

  /** `head` and `body` on a connection that stays open, unless Wayhook closes it; then an ordinary answer. */
  async function answerTo(head: string, body = '') {
    const one = createAgent(LOOPBACK, { connections: 1 });
    const { connectionCount } = receiver;
    receiver.respond(rawOpen(`${head}\r\n\r\n${body}`), 200);
    const request = { method: 'POST', url: receiver.url, headers: {}, body: '{}' };
    const answer = await send(one, request, { ...LIMITS, timeoutMs: 5_000 });
    expect(await send(one, request, LIMITS)).toMatchObject({
      kind: 'response',
      status: 200,
      bodyFault: undefined,
    });
    await one.destroy();
    return { ...answer, closed: receiver.connectionCount - connectionCount === 2 };
  }

  test.each<[string, string, string, number, string]>([
    ['a 204 with a length', 'HTTP/1.1 204 No Content\r\ncontent-length: 3', '', 204, ''],
    ['a 204 with a body', 'HTTP/1.1 204 No Content\r\ncontent-length: 3', 'abc', 204, ''],
    ['a chunked 204', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked', '', 204, ''],
    ['a 304 with a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 3', '', 304, ''],
    ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2', '{}', 200, '{}'],
    ['equal lengths in one header', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2', '{}', 200, '{}'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 7\r\ntransfer-encoding: chunked',
      '2\r\n{}\r\n0\r\n\r\n',
      200,
      '{}',
    ],
    [
      'chunks stated twice',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nTransfer-Encoding: Chunked',
      '2\r\n{}\r\n0\r\n\r\n',
      200,
      '{}',
    ],
    ['a folded header', 'HTTP/1.1 503 No\r\nx-a: b\r\n c\r\ncontent-length: 2', '{}', 503, '{}'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nWarning\r\ncontent-length: 2', '{}', 200, '{}'],
    ['a space before a colon', 'HTTP/1.1 200 OK\r\ncontent-length : 2', '{}', 200, '{}'],
    ['a name with a space', 'HTTP/1.1 200 OK\r\nx a: b\r\ncontent-length: 2', '{}', 200, '{}'],
  ])('%s: the status counts, and the connection is closed', async (_kind, head, body, status, read) => {
    const answer = await answerTo(head, body);
    expect(answer).toMatchObject({ status, body: Buffer.from(read), headers: CLOSED, closed: true });
    expect(answer).toHaveProperty('bodyFault', undefined);
  });

  test.each<[string, string]>([
    ['lines that end in LF', 'HTTP/1.1 200 OK\ncontent-length: 2\n\n{}'],
    ['an empty line before it', '\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\n{}'],
    ['a control character', 'HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 2\r\n\r\n{}'],
    [
      'the coding “identity”',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 2\r\n\r\n{}',
    ],
  ])('%s: the answer counts', async (_kind, bytes) => {
    receiver.respond(rawOpen(bytes));
    expect(await call()).toMatchObject({ status: 200, body: Buffer.from('{}'), bodyFault: undefined });
  });

  test('a folded header is one line, with a space in place of the fold', async () => {
    receiver.respond(rawOpen('HTTP/1.1 204 X\r\nX-A: b\r\n\t c\r\n  d\r\n\r\n'));
    expect(await call()).toMatchObject({ status: 204, headers: { 'x-a': 'b c d' } });
  });

  test.each<[string, string]>([
    ['two lengths', 'content-length: 1\r\ncontent-length: 2'],
    ['a length that is none', 'content-length: many'],
    ['a negative length', 'content-length: -1'],
    ['a length beyond all numbers', `content-length: ${'9'.repeat(30)}`],
  ])('%s: the status counts, but the body cannot be read', async (_kind, header) => {
    const bodyFault = { reason: 'network', detail: 'The endpoint states no valid length of its body.' };
    const answer = await answerTo(`HTTP/1.1 200 OK\r\n${header}`, 'ab');
    expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0), bodyFault, closed: true });
  });

  test('a second answer that nobody asked for answers no later request', async () => {
    const forged = 'HTTP/1.1 299 Forged\r\ncontent-length: 0\r\n\r\n';
    const { closed } = await answerTo('HTTP/1.1 204 X\r\ncontent-length: 50', forged);
    expect(closed).toBe(true);
  });

  test('a head that comes byte by byte is read', async () => {
    receiver.respond((_request, { socket }) => {
      const bytes = [...'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 X\r\ncontent-length: 3\r\n\r\n'];
      const next = () => {
        const byte = bytes.shift();
        if (byte !== undefined) socket?.write(byte, () => setImmediate(next));
      };
      next();
    });
    expect(await call()).toMatchObject({ kind: 'response', status: 204 });
  });
});

describe('a body that is cut: its status counts', () => {
  test.each<[string, string]>([
    ['shorter than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}'],
    ['between its chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['after a head that is closed', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\n{}'],
  ])('%s', async (_kind, bytes) => {
    receiver.respond(raw(bytes));
    const detail = expect.stringContaining('closed the connection before its answer was complete');
    const bodyFault = { reason: 'network', detail };
    expect(await call()).toMatchObject({ status: 200, body: Buffer.from('{}'), bodyFault });
  });

  test('by a reset', async () => {
    receiver.respond((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.socket?.resetAndDestroy());
    });
    expect(await call()).toMatchObject({ kind: 'response', status: 200, bodyFault: { reason: 'network' } });
  });

  test('by a chunk without a size', async () => {
    receiver.respond(raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'));
    expect(await call()).toMatchObject({ kind: 'response', status: 200, bodyFault: { reason: 'network' } });
  });

  test('not where the end of the connection is the end of the body', async () => {
    receiver.respond(raw('HTTP/1.1 200 OK\r\n\r\n{}'));
    expect(await call()).toMatchObject({ status: 200, body: Buffer.from('{}'), bodyFault: undefined });
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

  const TOO_LARGE = {
    reason: 'response_too_large',
    detail: 'The answer is larger than 1000 bytes. Let the endpoint answer with less.',
  };

  test.each([
    [999, undefined],
    [1_000, undefined],
    [1_001, TOO_LARGE],
    [5_000_000, TOO_LARGE],
  ])('of %d bytes is read up to the limit', async (length, bodyFault) => {
    receiver.respond({ body: 'x'.repeat(length) });
    const answer = await call();
    expect(answer).toMatchObject({ kind: 'response', status: 200, bodyFault });
    expect(answer.kind === 'response' && answer.body.length).toBe(Math.min(length, 1_000));
  });

  test('without an end is cut', async () => {
    receiver.respond(endless);
    expect(await call()).toMatchObject({ kind: 'response', status: 200, bodyFault: TOO_LARGE });
  });

  test('that was cut neither blocks nor leaks a connection', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    receiver.respondAt('/endless', endless);
    for (let round = 0; round < 20; round += 1) {
      const request = { method: 'GET', url: `${receiver.url}/endless`, headers: {} };
      expect(await send(one, request, LIMITS)).toMatchObject({ bodyFault: TOO_LARGE });
    }
    const request = { method: 'GET', url: receiver.url, headers: {} };
    expect(await send(one, request, LIMITS)).toMatchObject({ status: 200, bodyFault: undefined });
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

describe('a connection that closes before the first byte of an answer', () => {
  const request = () => ({ method: 'POST', url: receiver.url, headers: {}, body: 'x' });

  test.each<[string, Reply]>([
    ['reset', reset],
    ['closed', (_request, response) => void response.socket?.end()],
  ])('if it was used before, the request is sent again at once: %s', async (_kind, reply) => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    await send(one, request(), LIMITS);
    receiver.respond(reply, { status: 202 });
    expect(await send(one, request(), LIMITS)).toMatchObject({ kind: 'response', status: 202 });
    expect(receiver.requests.map(({ text }) => text)).toEqual(['x', 'x', 'x']);
    expect(receiver.connectionCount).toBe(2);
    await one.destroy();
  });

  test('an idle one costs no request', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    await send(one, request(), LIMITS);
    receiver.connections.forEach((socket) => socket.resetAndDestroy());
    expect(await send(one, request(), LIMITS)).toMatchObject({ kind: 'response', status: 200 });
    expect(receiver.requests).toHaveLength(2);
    await one.destroy();
  });

  test('the request is sent again once only', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    await send(one, request(), LIMITS);
    receiver.respond(reset);
    expect(await send(one, request(), LIMITS)).toMatchObject({ kind: 'failure', reason: 'network' });
    expect(receiver.requests).toHaveLength(3);
    await one.destroy();
  });

  test('if it is fresh, the request has failed', async () => {
    receiver.respond(reset, 200);
    expect(await call()).toMatchObject({ kind: 'failure', reason: 'network' });
    expect(receiver.requests).toHaveLength(1);
  });

  test('after the first byte, the request has failed', async () => {
    const one = createAgent(LOOPBACK, { connections: 1 });
    await send(one, request(), LIMITS);
    receiver.respond(raw('H'), 200);
    expect(await send(one, request(), LIMITS)).toMatchObject({ kind: 'failure', reason: 'network' });
    expect(receiver.requests).toHaveLength(2);
    await one.destroy();
  });
});

describe('B014: the deadline covers the whole exchange', () => {
  const TIMEOUT = { reason: 'timeout', detail: 'No complete answer within 0.2 seconds.' };
  const EXPIRED = { kind: 'failure', ...TIMEOUT };

  test.each<[string, Reply]>([
    ['an endpoint that hangs', hang],
    [
      'headers that drip',
      (_request, { socket }) => {
        socket?.write('HTTP/1.1 200 OK\r\nx-drip: ');
        const timer = setInterval(() => socket?.write('.'), 20);
        socket?.once('close', () => clearInterval(timer));
      },
    ],
    ['interim answers without a final one', rawOpen('HTTP/1.1 100 Continue\r\n\r\n'.repeat(3))],
  ])('%s', async (_kind, reply) => {
    receiver.respond(reply);
    const answer = await call('/', { timeoutMs: 200 });
    expect(answer).toMatchObject(EXPIRED);
    expect(answer.durationMs).toBeGreaterThanOrEqual(190);
  });

  test.each<[string, Reply]>([
    ['drips', drip(20)],
    ['stops', (_request, response) => void response.writeHead(200).write('.')],
  ])('a body that %s: its status counts', async (_kind, reply) => {
    receiver.respond(reply);
    const answer = await call('/', { timeoutMs: 200 });
    expect(answer).toMatchObject({ kind: 'response', status: 200, bodyFault: TIMEOUT });
    expect(answer.kind === 'response' && answer.body.toString()).toMatch(/^\.+$/);
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
    ['an answer that breaks off in its head', raw('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n')],
    ['an interim answer only', raw('HTTP/1.1 100 Continue\r\n\r\n')],
    ['an answer of another protocol', raw('220 smtp.example.com ESMTP\r\n')],
    ['a status that is none', raw('HTTP/1.1 20 OK\r\n\r\n')],
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
    ['a brace in the host', 'http://127.0.0.1{a}/'],
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
