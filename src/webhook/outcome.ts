import { STATUS_CODES } from 'node:http';
import { RETRY_INTERVAL_MS } from '../domain/retry-policy';
import type { Outcome } from '../domain/webhooks/delivery';
import type { FailureReason } from './failure';
import type { Answer, HttpResponse } from './send';

/** The longest wait that an endpoint can request with Retry-After. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** How a request without an answer is handled: a network error may pass, a bad URL or certificate must be fixed. */
const FAILURES: Record<FailureReason, 'retry' | 'giveUp'> = {
  timeout: 'retry',
  network: 'retry',
  tls: 'giveUp',
  invalid_url: 'giveUp',
  blocked_address: 'giveUp',
  render: 'giveUp',
  response_too_large: 'giveUp',
};

/** The statuses that are retried (B017 to B020), and whether their Retry-After is honoured. */
const RETRIED_STATUSES: Record<number, { honoursRetryAfter: boolean }> = {
  429: { honoursRetryAfter: true },
  502: { honoursRetryAfter: false },
  503: { honoursRetryAfter: true },
  504: { honoursRetryAfter: false },
};

export interface ClassifyOptions {
  /** Whether the request carried an OAuth access token, which a fresh one can replace. */
  oauth: boolean;
}

/**
 * The only place that decides what an answer means (B015 to B027, B066): 2xx is delivered; a 401 with OAuth needs a
 * fresh token; a timeout, a transient network error, 429, 502, 503 and 504 are retried; everything else gives up.
 * A Retry-After date is relative to `nowMs`.
 */
export function classify(answer: Answer, { oauth }: ClassifyOptions, nowMs = Date.now()): Outcome {
  if (answer.kind === 'failure') {
    return { kind: FAILURES[answer.reason], reason: answer.reason, detail: answer.detail };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const detail = describe(status);
  if (status === 401) return { kind: oauth ? 'unauthorized' : 'giveUp', reason: 'unauthorized', detail };
  const retried = RETRIED_STATUSES[status];
  if (retried === undefined) return { kind: 'giveUp', reason: 'http_status', detail };
  const retryAfterMs = retried.honoursRetryAfter ? longerWait(answer, nowMs) : undefined;
  return { kind: 'retry', reason: 'http_status', detail, ...(retryAfterMs && { retryAfterMs }) };
}

function describe(status: number): string {
  const name = STATUS_CODES[status];
  const answered = `The endpoint answered ${status}${name === undefined ? '' : ` ${name}`}.`;
  const redirects = status >= 300 && status < 400;
  return redirects ? `${answered} Redirects are not followed: call the final address.` : answered;
}

/** The wait that Retry-After requests, if it is longer than the retry interval; at most an hour. */
function longerWait({ headers }: HttpResponse, nowMs: number): number | undefined {
  const requestedMs = parseRetryAfter(headers['retry-after'] ?? '', nowMs);
  return requestedMs > RETRY_INTERVAL_MS ? Math.min(requestedMs, MAX_RETRY_AFTER_MS) : undefined;
}

/** Seconds or an HTTP-date (RFC 9110) as milliseconds from now; 0 for anything else. */
function parseRetryAfter(text: string, nowMs: number): number {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return 0;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : at - nowMs;
}
