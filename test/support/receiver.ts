import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Certificate } from './network/certificate';

/** One request as it arrived, its body complete. */
export interface Recorded {
  method: string;
  /** Path and query, as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Names and values in turn, spelled as sent. */
  rawHeaders: string[];
  body: Buffer;
  /** The body as text, and as JSON (throws if it is not JSON). */
  text: string;
  json(): unknown;
  /** Milliseconds since the epoch. */
  receivedAt: number;
}

/** How to answer one request: a status, an answer, or a function that writes the response itself. */
export type Reply =
  | number
  | { status?: number; headers?: OutgoingHttpHeaders; body?: string | Buffer | object }
  | ((request: Recorded, response: ServerResponse) => void);

export interface Receiver {
  /** Without a trailing slash: `http://127.0.0.1:40000`. */
  url: string;
  port: number;
  /** Every request so far, in the order of completion. */
  requests: Recorded[];
  /** Connections that are open now. */
  connections: Set<Socket>;
  /** How many connections were ever opened. */
  connectionCount: number;
  /** Answers the next requests with these in turn, then repeats the last. */
  respond(...replies: Reply[]): void;
  /** The same for requests to one path. Takes precedence over `respond`. */
  respondAt(path: string, ...replies: Reply[]): void;
  /** Resolves with all requests once there are `count`; rejects after `timeoutMs`. */
  waitFor(count: number, timeoutMs?: number): Promise<Recorded[]>;
  /** Closes all connections and frees the port. */
  close(): Promise<void>;
}

/** Accepts the request and never answers. */
export const hang: Reply = () => {};

/** Closes the connection at once, without an answer. */
export const reset: Reply = (_request, response) => {
  response.socket?.resetAndDestroy();
};

/** Answers 200 with one byte every `everyMs`, and never ends. */
export function drip(everyMs: number): Reply {
  return (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), everyMs);
    response.once('close', () => clearInterval(timer));
  };
}

/** Sends `bytes` as they are instead of an HTTP answer. The connection stays open, but serves no other request. */
export function rawOpen(bytes: string | Buffer): Reply {
  return (_request, response) => {
    response.socket?.write(bytes);
  };
}

/** Sends `bytes` as they are instead of an HTTP answer, then closes the connection. */
export function raw(bytes: string | Buffer): Reply {
  return (_request, response) => {
    response.socket?.end(bytes);
  };
}

/**
 * An endpoint on loopback that records each request and answers with `reply`. With a certificate it speaks TLS.
 */
export async function startReceiver(reply: Reply = 200, certificate?: Certificate): Promise<Receiver> {
  const scripts = new Map<string, Reply[]>();
  let script = [reply];
  const arrivals = new EventEmitter();
  const server = createEndpoint(certificate, (request, response) => {
    receiver.requests.push(request);
    arrivals.emit('request');
    const path = request.url.split('?')[0]!;
    answer(inTurn(scripts.get(path) ?? script), request, response);
  });
  // By default it closes idle connections after five seconds, perhaps just as a request arrives on a busy machine.
  server.keepAliveTimeout = 300_000;
  server.on(certificate === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    receiver.connectionCount += 1;
    receiver.connections.add(socket);
    socket.once('close', () => receiver.connections.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests: [],
    connections: new Set(),
    connectionCount: 0,
    respond: (...replies) => void (script = replies),
    respondAt: (path, ...replies) => void scripts.set(path, replies),
    waitFor: (count, timeoutMs = 60_000) => collect(receiver.requests, arrivals, count, timeoutMs),
    async close() {
      receiver.connections.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

type Handler = (request: Recorded, response: ServerResponse) => void;

function createEndpoint(certificate: Certificate | undefined, handler: Handler): Server {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    record(request).then(
      (recorded) => handler(recorded, response),
      // The sender disconnected in the middle of its request: there is no one to answer.
      () => response.destroy(),
    );
  };
  return certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
}

async function collect(
  requests: Recorded[],
  arrivals: EventEmitter,
  count: number,
  timeoutMs: number,
): Promise<Recorded[]> {
  const deadline = AbortSignal.timeout(timeoutMs);
  while (requests.length < count) {
    await once(arrivals, 'request', { signal: deadline }).catch((cause: unknown) => {
      throw new Error(`${requests.length} of ${count} requests came in ${timeoutMs} ms.`, { cause });
    });
  }
  return requests;
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const body = await buffer(request);
  const text = body.toString('utf8');
  return {
    method: request.method!,
    url: request.url!,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body,
    text,
    json: () => JSON.parse(text),
    receivedAt: Date.now(),
  };
}

function inTurn(replies: Reply[]): Reply {
  return (replies.length > 1 ? replies.shift() : replies[0]) ?? 200;
}

function answer(reply: Reply, request: Recorded, response: ServerResponse): void {
  if (typeof reply === 'function') return reply(request, response);
  const { status = 200, headers = {}, body } = typeof reply === 'number' ? { status: reply } : reply;
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  response.writeHead(status, isJson ? { 'content-type': 'application/json', ...headers } : headers);
  response.end(isJson ? JSON.stringify(body) : body);
}
