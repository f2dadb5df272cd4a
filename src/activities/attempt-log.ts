import type { MetricMeter } from '@temporalio/common';
import { type SigningSecret, validSecrets } from '../db/secrets/signing-secrets';
import { redactHeaders, redactSecrets } from '../domain/webhooks/redact';
import type { Outcome } from '../domain/webhooks/delivery';
import type { Answer } from '../webhook/send';
import { standardHeaders } from '../webhook/sign';

/* What the requests of tiles and of events have in common. */

/** What the delivery log keeps of a response; nobody but Live Data and the profile reads more of it (B004). */
export const LOGGED_BYTES = 16_384;

/** Counts a request that was answered, or was not. */
export type CountAttempt = (outcome: Outcome, durationMs: number) => void;

export function createAttemptCounter(meter: MetricMeter): CountAttempt {
  const sent = meter.createCounter('wayhook_attempts', undefined, 'Requests sent, by outcome and reason');
  const took = meter.createHistogram('wayhook_attempt_duration', 'int', 'ms', 'Time a request took');
  return (outcome, durationMs) => {
    sent.add(1, { outcome: outcome.kind, reason: 'reason' in outcome ? outcome.reason : 'none' });
    took.record(durationMs, { outcome: outcome.kind });
  };
}

/** By the real clock, also where Temporal's runs ahead: receivers refuse what is far from theirs. */
export function signatureHeaders(
  deliveryId: string,
  body: string,
  signing: SigningSecret[],
): Record<string, string> {
  const now = Date.now();
  return standardHeaders(deliveryId, Math.floor(now / 1_000), body, validSecrets(signing, now));
}

/** What the log keeps of an answer; Postgres keeps no NUL in a text. */
export function responseLog(answer: Answer | undefined): {
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
} {
  if (answer?.kind !== 'response') return { responseHeaders: null, responseBody: null };
  const text = answer.body.subarray(0, LOGGED_BYTES).toString('utf8');
  return { responseHeaders: redactHeaders(answer.headers), responseBody: text.replaceAll('\0', '\uFFFD') };
}

/** What an endpoint sent back without the keys that it was sent. */
export function redactLog(log: ReturnType<typeof responseLog>, keys: SigningSecret[]): typeof log {
  const secrets = keys.map(({ secret }) => secret);
  const { responseHeaders: headers, responseBody: body } = log;
  return {
    responseHeaders: headers && withoutSecretsIn(headers, secrets),
    responseBody: body && redactSecrets(body, secrets),
  };
}

function withoutSecretsIn(headers: Record<string, string>, secrets: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, redactSecrets(value, secrets)]),
  );
}
