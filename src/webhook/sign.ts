import { createHmac, randomBytes } from 'node:crypto';

/** What a signing secret begins with (Standard Webhooks). */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** The Secret Key of an event webhook as it is, for receivers that do not verify a signature (C19). */
export const SECRET_KEY_HEADER = 'x-wayhook-secret-key';

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The Standard Webhooks signature of one request: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.
 * `secret` is a `whsec_…`; `timestamp` is in seconds since the epoch; `body` is the exact text that is sent, empty
 * where there is none.
 */
export function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * The headers of Standard Webhooks. Every secret signs (a receiver needs to know one of them); without secrets the
 * request is not signed.
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
