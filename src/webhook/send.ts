import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { EndpointFault, failureOf, type Failure } from './failure';
import { VERSION } from './version';

/** What came of one request. `durationMs` runs from the call of `send` to the end of what was read. */
export type Answer = HttpResponse | ({ kind: 'failure'; durationMs: number } & Failure);

export interface HttpResponse {
  kind: 'response';
  status: number;
  /** Lower-case names; values of a repeated header joined by `, `. */
  headers: Record<string, string>;
  /** The first bytes, as they came: never inflated. */
  body: Buffer;
  /** Whether there was more than `body` holds. */
  truncated: boolean;
  durationMs: number;
}

export interface SendOptions {
  /** For the whole exchange: waiting for a connection, connecting, headers and body. */
  timeoutMs: number;
  /** How much of the answer's body is read. */
  maxBytes: number;
  /** What a longer body means: the rest is dropped, or the request has failed. */
  onLimit: 'truncate' | 'fail';
}

/** The time one webhook call may take, as a whole (B014). */
export const WEBHOOK_TIMEOUT_MS = 10_000;

const USER_AGENT = `Wayhook/${VERSION}`;

/** The longest name that DNS can hold. */
const MAX_HOST_LENGTH = 253;

/**
 * Sends one request and reads its answer. Follows no redirect (B022). Whatever the endpoint or the network does
 * is an `Answer`; it throws only for faults of our own, such as an agent that was closed.
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
 * Runs `exchange` and ends it after `timeoutMs`. The signal alone would not do: a request that still waits for a
 * connection hears it only when its turn comes, and is then dropped unsent. When the time has passed, the sockets are
 * looked at once more: a process that stood still may have its answer there, unread.
 */
async function withDeadline<T>(timeoutMs: number, exchange: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let lastLook: NodeJS.Immediate | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const expire = () => {
      const fault = new EndpointFault('timeout', `No complete answer within ${timeoutMs / 1_000} seconds.`);
      controller.abort(fault);
      reject(fault);
    };
    timer = setTimeout(() => (lastLook = setImmediate(expire)), timeoutMs);
  });
  try {
    return await Promise.race([exchange(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
    clearImmediate(lastLook);
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

/** Judges the URL as rendered: what was saved may have been completed by anything. */
function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new EndpointFault('invalid_url', 'The rendered URL is not a URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EndpointFault('invalid_url', 'Only https and http can be called.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new EndpointFault('invalid_url', 'The rendered URL carries a user name or password.');
  }
  if (url.hostname.length > MAX_HOST_LENGTH) {
    throw new EndpointFault('invalid_url', 'The host in the rendered URL is too long for a name.');
  }
  return url;
}

/** Lower-case names, so that of two spellings the later holds. */
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
      `The header “${name}” cannot be sent: its name or value has a line break, or a character beyond latin-1.`,
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
