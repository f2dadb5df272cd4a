import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serves } from '../../src/runtime/temporal-connection';

/** Answers every call with this gRPC status: 0 is well, 14 what a server says that is not ready. */
async function startGrpc(status: number): Promise<Http2Server> {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    // A message of no fields.
    stream.end(status === 0 ? Buffer.alloc(5) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('a Temporal server', () => {
  it.each([
    ['serves when its calls succeed', 0, true],
    ['does not serve yet while it says that it is not healthy', 14, false],
  ])('%s', async (_when, status, expected) => {
    const server = await startGrpc(status);
    try {
      expect(await serves(`127.0.0.1:${(server.address() as AddressInfo).port}`)).toBe(expected);
    } finally {
      server.close();
    }
  });

  it('does not serve where nothing listens', async () => {
    expect(await serves('127.0.0.1:1')).toBe(false);
  });
});
