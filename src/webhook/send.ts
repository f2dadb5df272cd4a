import type { Dispatcher } from 'undici';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { type AnswerBody, readBody } from './answer/answer-body';
import { ProtocolSwitch } from './answer/answer-head';
import { ReusedConnectionClosed } from './answer/answer-stream';
import { EndpointFault, failureFor, type Failure } from './failure';
import { outgoingRequest } from './outgoing-request';

/** The result of one request. `durationMs` is the time from the call of `send` until the last byte was read. */
export type Answer = HttpResponse | ({ kind: 'failure'; durationMs: number } & Failure);

export interface HttpResponse extends AnswerBody {
  kind: 'response';
  status: number;
  /** Lower-case names; values of a repeated header joined by `, `. */
  headers: Record<string, string>;
  durationMs: number;
}

export interface SendOptions {
  /** For the whole exchange: waiting for a connection, connecting, headers and body. */
  timeoutMs: number;
  /** The most bytes of the answer's body to read, before and after it is decompressed. */
  maxBytes: number;
}

/** The total time that one webhook call may take (B014). */
export const WEBHOOK_TIMEOUT_MS = 10_000;

/**
 * Sends one request and reads its answer. Does not follow redirects (B022). Returns an `Answer` whatever the endpoint
 * or the network does; throws only for Wayhook's own faults, such as a closed agent. Once the headers are in there is a
 * response, whatever its body does.
 */
export async function send(
  agent: Dispatcher,
  request: RenderedRequest,
  { timeoutMs, maxBytes }: SendOptions,
): Promise<Answer> {
  const started = performance.now();
  const durationMs = () => Math.round(performance.now() - started);
  const deadline = startDeadline(timeoutMs);
  try {
    const outgoing = { ...outgoingRequest(request), signal: deadline.signal };
    const head = await Promise.race([sendTwice(() => agent.request(outgoing)), deadline.expired]);
    const { statusCode: status } = head;
    const headers = joined(head.headers);
    const body = await readBody(head.body, headers, maxBytes);
    return { kind: 'response', status, headers, ...body, durationMs: durationMs() };
  } catch (error) {
    if (error instanceof ProtocolSwitch) {
      return { kind: 'response', status: 101, headers: {}, body: Buffer.alloc(0), durationMs: durationMs() };
    }
    return { kind: 'failure', ...failureFor(error), durationMs: durationMs() };
  } finally {
    deadline.clear();
  }
}

/**
 * Sends again, once and at once, when a reused connection turns out to be closed: most endpoints close idle connections
 * without reading what crosses on the way. For a POST too: it would be repeated in three minutes anyway (B012).
 */
async function sendTwice<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ReusedConnectionClosed)) throw error;
    return request();
  }
}

interface Deadline {
  /** Aborts the request. */
  signal: AbortSignal;
  /** Rejects on expiry. */
  expired: Promise<never>;
  clear: () => void;
}

/**
 * The signal alone is not enough: undici checks it for a request that waits for a connection only when its turn comes,
 * and then drops it unsent. On expiry the event loop polls the sockets once more: after a stall of the process the
 * answer may already be there, unread.
 */
function startDeadline(timeoutMs: number): Deadline {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let lastPoll: NodeJS.Immediate | undefined;
  const expired = new Promise<never>((_, reject) => {
    const expire = () => {
      const fault = new EndpointFault('timeout', `No complete answer within ${timeoutMs / 1_000} seconds.`);
      controller.abort(fault);
      reject(fault);
    };
    timer = setTimeout(() => (lastPoll = setImmediate(expire)), timeoutMs);
  });
  // While a body is read nobody waits for it.
  expired.catch(() => {});
  const clear = () => {
    clearTimeout(timer);
    clearImmediate(lastPoll);
  };
  return { signal: controller.signal, expired, clear };
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
