import { once } from 'node:events';
import { createServer, type Http2Server, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Connection } from '@temporalio/client';
import { createTemporal, type Temporal } from '../../src/temporal/client';
import { connectLazily } from '../../src/temporal/connect';

const GRPC_NOT_FOUND = '5';

let server: Http2Server;
let connection: Connection;
let temporal: Temporal;
let calls: IncomingHttpHeaders[];

beforeEach(async () => {
  calls = [];
  server = createServer().listen(0, '127.0.0.1');
  server.on('stream', (stream, headers) => {
    calls.push(headers);
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': GRPC_NOT_FOUND },
      { endStream: true },
    );
  });
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  connection = connectLazily({ address });
  const options = { namespace: 'default', taskQueue: 'wayhook', maxRequests: 4, eagerStart: false };
  temporal = createTemporal(connection, options);
});
afterEach(async () => {
  await connection.close();
  server.close();
});

it.each<[string, (temporal: Temporal) => Promise<unknown>]>([
  ['whether a workflow is running', (temporal) => temporal.isRunning('ent_1', null)],
  [
    'which workflows closed',
    (temporal) => temporal.closedSince(new Date(), 'broken')[Symbol.asyncIterator]().next(),
  ],
  ['to change the retention of closed workflows', (temporal) => temporal.setRetention(7)],
])('a call that asks Temporal %s has a deadline, so that no stop waits longer for it', async (_what, ask) => {
  await expect(ask(temporal)).rejects.toThrow();
  const timeouts = calls.map((headers) => headers['grpc-timeout']);
  expect(timeouts).not.toHaveLength(0);
  expect(timeouts).toEqual(timeouts.map(() => expect.stringMatching(/^\d+[mun]$/)));
});
