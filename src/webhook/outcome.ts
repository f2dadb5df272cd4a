import { STATUS_CODES } from 'node:http';
import { RETRY_INTERVAL_MS } from '../domain/retry-policy';
import type { Outcome } from '../domain/webhooks/delivery';
import type { BodyFault } from './failure';
import { parseHttpDate } from './http-date';
import type { Answer, HttpResponse } from './send';

/** The longest wait that an endpoint can request with Retry-After. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * How a request without an answer, or without the body that is needed, is handled: a network error may pass, a bad URL
 * or certificate must be fixed.
 */
const FAILURES: Record<BodyFault['reason'], 'retry' | 'giveUp'> = {
  timeout: 'retry',
  network: 'retry',
  tls: 'giveUp',
  invalid_url: 'giveUp',
  blocked_address: 'giveUp',
  render: 'giveUp',
  response_too_large: 'giveUp',
  not_json: 'giveUp',
};

/** The statuses that are retried (B017 to B020), and whether their Retry-After is honoured. */
const RETRIED_STATUSES: Record<number, { honoursRetryAfter: boolean }> = {
  429: { honoursRetryAfter: true },
  502: { honoursRetryAfter: false },
  503: { honoursRetryAfter: true },
  504: { honoursRetryAfter: false },
};

export interface ClassifyOptions {
  /** The statuses that refuse an OAuth access token, which a fresh one can replace; none where there is no token. */
  refreshOn: readonly number[];
  /** Whether a success needs the whole body. */
  needsBody: boolean;
}

/**
 * The only place that decides what an answer means (B015 to B027, B066): 2xx is delivered, whatever its body does unless
 * that is needed; a status that refuses an OAuth token needs a fresh one; a timeout, a transient network error, 429, 502, 503 and 504 are
 * retried; everything else gives up. A Retry-After date is relative to `nowMs`.
 */
export function classify(
  answer: Answer,
  { refreshOn, needsBody }: ClassifyOptions,
  nowMs = Date.now(),
): Outcome {
  if (answer.kind === 'failure') return failed(answer);
  const { status, bodyFault } = answer;
  const incomplete = bodyFault && `Its body was not read whole: ${bodyFault.detail}`;
  if (status >= 200 && status < 300) {
    if (bodyFault && needsBody) return failed(bodyFault);
    return { kind: 'delivered', ...(incomplete && { detail: `${answered(status)} ${incomplete}` }) };
  }
  const detail = [describe(status), incomplete].filter(Boolean).join(' ');
  if (refreshOn.includes(status)) return { kind: 'unauthorized', reason: 'unauthorized', detail };
  if (status === 401) return { kind: 'giveUp', reason: 'unauthorized', detail };
  const retried = RETRIED_STATUSES[status];
  if (retried === undefined) return { kind: 'giveUp', reason: 'http_status', detail };
  const retryAfterMs = retried.honoursRetryAfter ? longerWait(answer, nowMs) : undefined;
  return { kind: 'retry', reason: 'http_status', detail, ...(retryAfterMs && { retryAfterMs }) };
}

function failed({ reason, detail }: BodyFault): Outcome {
  return { kind: FAILURES[reason], reason, detail };
}

function answered(status: number): string {
  const name = STATUS_CODES[status];
  return `The endpoint answered ${status}${name === undefined ? '' : ` ${name}`}.`;
}

function describe(status: number): string {
  if (status === 101) return `${answered(status)} Wayhook did not ask for another protocol.`;
  const redirects = status >= 300 && status < 400;
  return redirects
    ? `${answered(status)} Redirects are not followed: call the final address.`
    : answered(status);
}

/** The wait that Retry-After requests, if it is longer than the retry interval; at most an hour. */
function longerWait({ headers }: HttpResponse, nowMs: number): number | undefined {
  const requestedMs = parseRetryAfter(headers['retry-after'] ?? '', nowMs);
  return requestedMs > RETRY_INTERVAL_MS ? Math.min(requestedMs, MAX_RETRY_AFTER_MS) : undefined;
}

/** Seconds or an HTTP-date (RFC 9110) as milliseconds from now; 0 for anything else. */
function parseRetryAfter(text: string, nowMs: number): number {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = parseHttpDate(text, nowMs);
  return at === undefined ? 0 : at - nowMs;
}
