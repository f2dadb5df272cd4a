import { type AddressInfo, connect } from 'node:net';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

describe('bytes that are no request', () => {
  let world: ApiWorld;
  let port: number;
  beforeAll(async () => {
    world = await createApiWorld();
    await world.app.listen({ port: 0, host: '127.0.0.1' });
    port = (world.app.server.address() as AddressInfo).port;
  });
  afterAll(() => world.close());

  /** Everything that is answered until the server closes the connection. */
  const sent = (bytes: string | Buffer) =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resolve(text)).on('error', reject);
    });

  const HOST = 'Host: localhost\r\n';
  const LARGE = 'x'.repeat(20_000);

  it.each<[string, string | Buffer, string, string]>([
    ['a line that is none of HTTP', 'NONSENSE\r\n\r\n', '400 Bad Request', 'BadParams'],
    [
      'a method that does not exist',
      `FETCH /healthz HTTP/1.1\r\n${HOST}\r\n`,
      '400 Bad Request',
      'BadParams',
    ],
    ['another version', `GET /healthz HTTP/9.9\r\n${HOST}\r\n`, '400 Bad Request', 'BadParams'],
    ['a greeting of TLS', Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 3]), '400 Bad Request', 'BadParams'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400 Bad Request', 'BadParams'],
    [
      'two lengths',
      `POST /inbox/a HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      '400 Bad Request',
      'BadParams',
    ],
    [
      'a length and chunks',
      `POST /inbox/a HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '400 Bad Request',
      'BadParams',
    ],
    [
      'headers that are too large',
      `GET /healthz HTTP/1.1\r\n${HOST}X-Large: ${LARGE}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'HeadersTooLarge',
    ],
    [
      'a URL that is too long',
      `GET /healthz?${LARGE} HTTP/1.1\r\n${HOST}\r\n`,
      '431 Request Header Fields Too Large',
      'HeadersTooLarge',
    ],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', '400 Bad Request', 'BadParams'],
    [
      'two Hosts',
      `GET /healthz HTTP/1.1\r\n${HOST}HOST: evil.example\r\nConnection: close\r\n\r\n`,
      '400 Bad Request',
      'BadParams',
    ],
    [
      'a Host without a name',
      'GET /healthz HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n',
      '403 Forbidden',
      'Forbidden',
    ],
    [
      'a target that is no path',
      `OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
      '404 Not Found',
      'NotFound',
    ],
  ])('are answered with the envelope: %s', async (_what, bytes, status, code) => {
    const [head, body] = (await sent(bytes)).split('\r\n\r\n');
    const [line, ...headers] = head!.split('\r\n');
    expect(line).toBe(`HTTP/1.1 ${status}`);
    const names = headers.map((header) => header.split(': ')[0]!.toLowerCase());
    expect(names).toEqual(expect.arrayContaining(['x-content-type-options', 'content-security-policy']));
    expect(headers).toContain('content-type: application/json; charset=utf-8');
    expect(headers).toContain(`content-length: ${Buffer.byteLength(body!)}`);
    expect(JSON.parse(body!)).toEqual({
      msg: expect.any(String),
      code,
      params: code === 'BadParams' && body!.includes('"params":{') ? { host: expect.any(String) } : null,
    });
  });

  it('are no request without a Host in HTTP/1.0, which has none', async () => {
    expect(await sent('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it('are no request with an Expect that is not known', async () => {
    const expecting =
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n';
    expect(await sent(expecting)).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it('do not stand in the log', () => {
    expect(JSON.stringify(world.logged)).not.toContain('NONSENSE');
  });
});
