import type { MetricMeter } from '@temporalio/common';
import { type SigningSecret, validSecrets } from '../db/secrets/signing-secrets';
import { redactAnswerHeaders, redactSecrets } from '../domain/webhooks/redact';
import type { Outcome } from '../domain/webhooks/delivery';
import { showText } from '../webhook/answer/answer-text';
import type { Answer } from '../webhook/send';
import { standardHeaders } from '../webhook/sign';

/* How a request is signed, logged and counted, for tiles and for events alike. */

/** How much of a response's body the delivery log stores; only Live Data and User Profile tiles read more (B004). */
export const LOGGED_BYTES = 16_384;

/** Records a request in the metrics. */
export type CountAttempt = (outcome: Outcome, durationMs: number) => void;

export function createAttemptCounter(meter: MetricMeter): CountAttempt {
  const sent = meter.createCounter('wayhook_attempts', undefined, 'Requests sent, by outcome and reason');
  const took = meter.createHistogram('wayhook_attempt_duration', 'int', 'ms', 'Time a request took');
  return (outcome, durationMs) => {
    sent.add(1, { outcome: outcome.kind, reason: 'reason' in outcome ? outcome.reason : 'none' });
    took.record(durationMs, { outcome: outcome.kind });
  };
}

/** Uses the real clock, even with time skipping: receivers refuse a timestamp that is far from their own time. */
export function signatureHeaders(
  deliveryId: string,
  body: string,
  signing: SigningSecret[],
): Record<string, string> {
  const now = Date.now();
  return standardHeaders(deliveryId, Math.floor(now / 1_000), body, validSecrets(signing, now));
}

export interface ResponseLog {
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
}

/** The part of an answer that the log stores, without these secrets. Postgres text cannot hold a NUL character. */
export function responseLog(answer: Answer | undefined, secrets: string[] = []): ResponseLog {
  if (answer?.kind !== 'response') return { responseHeaders: null, responseBody: null };
  const { headers, body, bodyFault } = answer;
  const text = showText({ headers, body: body.subarray(0, LOGGED_BYTES) }).replaceAll('\0', '\uFFFD');
  return {
    responseHeaders: redactAnswerHeaders(headers, secrets),
    responseBody: redactSecrets(text, secrets, {
      cut: bodyFault !== undefined || body.length > LOGGED_BYTES,
    }),
  };
}
