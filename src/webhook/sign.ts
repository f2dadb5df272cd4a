import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The prefix of a signing secret (Standard Webhooks). */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** Carries the Secret Key of an event webhook in plain text, for receivers that do not verify a signature (C19). */
export const SECRET_KEY_HEADER = 'x-wayhook-secret-key';

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The Standard Webhooks signature of one request: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.
 * `secret` starts with `whsec_`; `timestamp` is in seconds since the epoch; `body` is the exact text that is sent, or
 * empty for a request without a body.
 */
export function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * The headers of Standard Webhooks. The request is signed with every secret (a receiver needs only one of them);
 * without secrets it is not signed.
 */
export function standardHeaders(
  id: string,
  timestamp: number,
  body: string,
  secrets: string[],
): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  if (secrets.length === 0) return headers;
  const signatures = secrets.map((secret) => sign(secret, id, timestamp, body));
  return { ...headers, 'webhook-signature': signatures.join(' ') };
}

/** A sender that changes its secret sends two. */
const MOST_SIGNATURES = 20;

/** How far a timestamp may lie from our own time, in seconds: what Standard Webhooks recommends. */
const TOLERANCE_S = 300;

/** What is wrong: a header is not there, the time is not now, or the signature is of something else. */
export type SignatureFault = 'missing' | 'time' | 'signature';

/** Undefined for a request that is signed, as Standard Webhooks has it, with one of these secrets, just now. */
export function signatureFault(
  headers: Record<string, string | string[] | undefined>,
  body: string,
  secrets: string[],
  now: number,
): SignatureFault | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof stamp !== 'string' || typeof signatures !== 'string') {
    return 'missing';
  }
  const timestamp = /^\d{1,12}$/.test(stamp) ? Number(stamp) : NaN;
  if (!(Math.abs(now / 1_000 - timestamp) <= TOLERANCE_S)) return 'time';
  const valid = secrets.map((secret) => Buffer.from(sign(secret, id, timestamp, body)));
  const sent = signatures.split(' ', MOST_SIGNATURES).map((signature) => Buffer.from(signature));
  const isSigned = valid.some((one) =>
    sent.some((other) => one.length === other.length && timingSafeEqual(one, other)),
  );
  return isSigned ? undefined : 'signature';
}
