import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { answerError } from '../../../src/api/http/errors';
import { imports, inboxRequests } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { until } from '../../support/until';

let world: ApiWorld;
let port: number;
/** The server's ends of the connections. */
const accepted: Socket[] = [];
beforeAll(async () => {
  world = await createApiWorld();
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  world.app.server.on('connection', (socket: Socket) => accepted.push(socket));
  ({ port } = world.app.server.address() as AddressInfo);
});
afterEach(() => void jest.useRealTimers());
afterAll(() => world.close());

/** The driver of Postgres has timers of its own, which would stand still too. */
const onEmbedded = process.env.DATABASE_URL ? it.skip : it;

/** Timers of the API stand still until they are moved; those of Node itself go on. */
function stopTimers() {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'],
  });
}

interface Sender {
  socket: Socket;
  /** What was answered so far. */
  answer: () => string;
  /** Sends more. Resolves when the server has it. */
  send: (text: string) => Promise<void>;
  closed: Promise<unknown>;
  /** Resolves when the server knows that the connection is closed. */
  gone: () => Promise<unknown>;
}

async function begin(line: string, ...headers: string[]): Promise<Sender> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  let answer = '';
  socket.on('data', (part) => (answer += part)).on('error', () => {});
  const mine = await until(async () => accepted.find(({ remotePort }) => remotePort === socket.localPort));
  const send = async (text: string) => {
    const before = mine.bytesRead;
    socket.write(text);
    await until(async () => mine.bytesRead === before + text.length);
    await new Promise(setImmediate);
  };
  await send(
    `${line} HTTP/1.1\r\nhost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`,
  );
  const gone = async () => {
    await until(async () => mine.destroyed);
    await new Promise(setImmediate);
  };
  return { socket, answer: () => answer, send, closed, gone };
}

const key = () => `api-key: ${world.apiKey}`;
const JSON_BODY = ['content-type: application/json', 'content-length: 100'];
const CSV_BODY = ['content-type: text/csv', 'content-length: 100000'];

/** Errors and warnings of the log. */
const complaints = () => world.logged.filter(({ level }) => Number(level) >= 40);

beforeEach(() => void world.logged.splice(0));

describe('a body that does not come', () => {
  onEmbedded.each([
    ['the API', 'POST /api/journeys'],
    ['the inbox', 'POST /inbox/slow'],
    ['no route', 'POST /nowhere'],
  ])('of a request to %s is refused after a minute, and its connection closed', async (_kind, line) => {
    stopTimers();
    const { send, answer, closed } = await begin(line, key(), ...JSON_BODY);
    await send('{"name":');
    await until(async () => jest.getTimerCount() > 0);
    jest.advanceTimersByTime(59_999);
    await send('"');
    expect(answer()).toBe('');
    jest.advanceTimersByTime(1);
    await closed;
    expect(answer()).toMatch(/^HTTP\/1.1 408 [^]*connection: close[^]*"code":"RequestTimeout"/);
    expect(answer()).toContain('The body did not come in within 60 seconds. Send the request again, faster.');
    expect(complaints()).toEqual([]);
  });

  onEmbedded.each([
    ['whose key is wrong', 'POST /api/lists', 401],
    ['with a method that the path does not take', 'PATCH /api/lists', 405],
    ['of a GET', 'GET /healthz', 200],
  ])('of a request %s is not waited for after the answer', async (_kind, line, status) => {
    stopTimers();
    const { answer, closed } = await begin(line, ...JSON_BODY);
    await until(async () => answer().startsWith(`HTTP/1.1 ${status} `));
    jest.advanceTimersByTime(60_000);
    await closed;
    expect(answer().match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  it('of a URL that cannot be decoded is not waited for at all', async () => {
    const { answer, closed } = await begin('POST /api/%zz', ...JSON_BODY);
    await closed;
    expect(answer()).toMatch(/^HTTP\/1.1 400 /);
  });

  onEmbedded('is not blamed for a handler that takes long', async () => {
    stopTimers();
    const { send, answer, socket } = await begin('POST /inbox/slow?delayMs=500', 'content-length: 4');
    await send('here');
    await until(async () => (await world.db.select().from(inboxRequests)).length === 1);
    jest.advanceTimersByTime(60_000);
    await until(async () => answer() !== '');
    expect(answer()).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });
});

describe('the file of an import', () => {
  const stored = async () => (await world.db.select().from(imports)).length;

  onEmbedded('is refused when nothing of it comes for a minute', async () => {
    stopTimers();
    const { send, answer, socket } = await begin('POST /api/users/import', key(), ...CSV_BODY);
    await send('userId\na\n');
    await until(async () => (await stored()) === 1);
    await until(async () => jest.getTimerCount() === 2);
    jest.advanceTimersByTime(60_000);
    await until(async () => answer() !== '');
    expect(answer()).toMatch(/^HTTP\/1.1 408 [^]*Nothing of the file came for 60 seconds/);
    expect(await stored()).toBe(0);
    expect(complaints()).toEqual([]);
    socket.destroy();
  });

  onEmbedded('is refused when it drips for an hour', async () => {
    stopTimers();
    const { send, answer, socket } = await begin('POST /api/users/import', key(), ...CSV_BODY);
    await send('userId\n');
    await until(async () => jest.getTimerCount() === 2);
    for (let minutes = 0; minutes < 72; minutes += 1) {
      expect(answer()).toBe('');
      await send('a');
      jest.advanceTimersByTime(50_000);
    }
    await until(async () => answer() !== '');
    expect(answer()).toMatch(/^HTTP\/1.1 408 [^]*did not come in within 3600 seconds/);
    expect(await stored()).toBe(0);
    socket.destroy();
  });
});

describe('a sender that goes away', () => {
  it.each([
    ['a JSON body', 'POST /api/lists', JSON_BODY, '{"name":"a'],
    [
      'a body in chunks',
      'POST /api/lists',
      ['content-type: application/json', 'transfer-encoding: chunked'],
      '',
    ],
    ['a request to the inbox', 'POST /inbox/gone', JSON_BODY, 'a'],
    ['the file of an import', 'POST /api/users/import', CSV_BODY, 'userId\na\n'],
    ['a file of which nothing came', 'POST /api/lists/1/import', CSV_BODY, ''],
  ])(
    'in the middle of %s is no outage, and leaves nothing behind',
    async (_kind, line, headers, beginning) => {
      const { send, socket, gone } = await begin(line, key(), ...headers);
      if (beginning !== '') await send(beginning);
      socket.destroy();
      await gone();
      await until(async () => (await world.db.select().from(imports)).length === 0);
      expect(complaints()).toEqual([]);
    },
  );
});

it('a connection to the database that is reset is an outage all the same', async () => {
  const app = Fastify();
  app.setErrorHandler(answerError);
  app.post('/', () => {
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  });
  expect((await app.inject({ method: 'POST', url: '/' })).json()).toMatchObject({ code: 'Unavailable' });
});

it('a head that does not come in is refused with the envelope', async () => {
  expect(world.app.server.headersTimeout).toBe(30_000);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const mine = await until(async () => accepted.find(({ remotePort }) => remotePort === socket.localPort));
  world.app.server.emit(
    'clientError',
    Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
    mine,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n[^]*"code":"RequestTimeout"/);
  socket.destroy();
});
