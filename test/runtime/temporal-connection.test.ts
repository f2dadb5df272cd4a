import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { isServing } from '../../src/runtime/temporal-connection';

/** Answers every call with this gRPC status: 0 is OK, 14 is UNAVAILABLE, as from a server that is not ready. */
async function startGrpc(status: number): Promise<Http2Server> {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    // An empty message.
    stream.end(status === 0 ? Buffer.alloc(5) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('a Temporal server', () => {
  it.each([
    ['is serving when its calls succeed', 0, true],
    ['is not serving while it answers that it is unavailable', 14, false],
  ])('%s', async (_when, status, expected) => {
    const server = await startGrpc(status);
    try {
      expect(await isServing(`127.0.0.1:${(server.address() as AddressInfo).port}`)).toBe(expected);
    } finally {
      server.close();
    }
  });

  it('is not serving where nothing listens', async () => {
    expect(await isServing('127.0.0.1:1')).toBe(false);
  });
});
