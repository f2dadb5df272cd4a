import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { EndpointFault, failureOf, type Failure } from './failure';
import { VERSION } from './version';

/** The result of one request. `durationMs` is the time from the call of `send` until the last byte was read. */
export type Answer = HttpResponse | ({ kind: 'failure'; durationMs: number } & Failure);

export interface HttpResponse {
  kind: 'response';
  status: number;
  /** Lower-case names; values of a repeated header joined by `, `. */
  headers: Record<string, string>;
  /** The first bytes as received: never decompressed. */
  body: Buffer;
  /** Whether the answer was longer than `body`. */
  truncated: boolean;
  durationMs: number;
}

export interface SendOptions {
  /** For the whole exchange: waiting for a connection, connecting, headers and body. */
  timeoutMs: number;
  /** The most bytes of the answer's body to read. */
  maxBytes: number;
  /** What happens with a longer body: drop the rest, or fail the request. */
  onLimit: 'truncate' | 'fail';
}

/** The total time that one webhook call may take (B014). */
export const WEBHOOK_TIMEOUT_MS = 10_000;

const USER_AGENT = `Wayhook/${VERSION}`;

/** The longest name that DNS allows. */
const MAX_HOST_LENGTH = 253;

/**
 * Sends one request and reads its answer. Does not follow redirects (B022). Returns an `Answer` whatever the endpoint
 * or the network does; throws only for Wayhook's own faults, such as a closed agent.
 */
export async function send(
  agent: Dispatcher,
  request: RenderedRequest,
  options: SendOptions,
): Promise<Answer> {
  const started = performance.now();
  const durationMs = () => Math.round(performance.now() - started);
  try {
    const url = parseUrl(request.url);
    const headers = headersOf(request);
    const response = await withDeadline(options.timeoutMs, (signal) =>
      exchange(agent, url, { ...request, headers }, options, signal),
    );
    return { kind: 'response', ...response, durationMs: durationMs() };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { kind: 'failure', ...failure, durationMs: durationMs() };
  }
}

async function exchange(
  agent: Dispatcher,
  url: URL,
  { method, headers, body }: RenderedRequest,
  { maxBytes, onLimit }: SendOptions,
  signal: AbortSignal,
): Promise<Omit<HttpResponse, 'kind' | 'durationMs'>> {
  const response = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: method as Dispatcher.HttpMethod,
    headers,
    body,
    signal,
  });
  const read = await readBody(response.body, maxBytes);
  if (read.truncated && onLimit === 'fail') {
    throw new EndpointFault('response_too_large', `The answer is longer than ${maxBytes} bytes.`);
  }
  return { status: response.statusCode, headers: joined(response.headers), ...read };
}

/**
 * Runs `exchange` and aborts it after `timeoutMs`. The signal alone is not enough: undici checks it for a request that
 * waits for a connection only when its turn comes, and then drops it unsent. On expiry the event loop polls the sockets
 * once more: after a stall of the process the answer may already be there, unread.
 */
async function withDeadline<T>(timeoutMs: number, exchange: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let lastPoll: NodeJS.Immediate | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const expire = () => {
      const fault = new EndpointFault('timeout', `No complete answer within ${timeoutMs / 1_000} seconds.`);
      controller.abort(fault);
      reject(fault);
    };
    timer = setTimeout(() => (lastPoll = setImmediate(expire)), timeoutMs);
  });
  try {
    return await Promise.race([exchange(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
    clearImmediate(lastPoll);
  }
}

/** Reads to the end or to the limit. Leaving the loop early closes the connection: an unread body would block it. */
async function readBody(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return { body: Buffer.concat(chunks, Math.min(size, maxBytes)), truncated: size > maxBytes };
}

/** Checks the rendered URL: data may have put anything into the one that was saved. */
function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new EndpointFault('invalid_url', 'The rendered URL is not a URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EndpointFault('invalid_url', 'Only https and http can be called.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new EndpointFault('invalid_url', 'The rendered URL contains a user name or password.');
  }
  if (url.hostname.length > MAX_HOST_LENGTH) {
    throw new EndpointFault('invalid_url', 'The host name in the rendered URL is too long.');
  }
  return url;
}

/** Names are lower-cased, so that the later of two spellings is sent. */
function headersOf(request: RenderedRequest): Record<string, string> {
  const given = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  given.forEach(([name, value]) => checkHeader(name, value));
  return { 'user-agent': USER_AGENT, ...Object.fromEntries(given), 'accept-encoding': 'identity' };
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new EndpointFault(
      'render',
      `The header “${name}” cannot be sent: its name or value has a line break, or a character outside Latin-1.`,
    );
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
