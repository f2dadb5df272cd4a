import { z } from 'zod';
import type { Reason } from '../entry';

export const DeliveryStatus = z.enum(['pending', 'delivered', 'failed']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/**
 * What one answer means. Only `retry` counts towards the maximum number of requests of a delivery; `unauthorized` is a
 * 401, or a 403 where configured, for an OAuth webhook, which a fresh token may fix.
 */
export const AttemptOutcome = z.enum(['delivered', 'retry', 'unauthorized', 'giveUp']);
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;

/** The meaning of an endpoint's answer (`webhook/outcome.ts`): a value, never an exception. */
export type Outcome =
  /** `detail` tells what came of a body that was not read whole. */
  | { kind: 'delivered'; detail?: string }
  | { kind: 'retry'; reason: Reason; detail: string; retryAfterMs?: number }
  | { kind: 'unauthorized'; reason: 'unauthorized'; detail: string }
  | { kind: 'giveUp'; reason: Reason; detail: string };

/** One HTTP request as rendered, before authentication and signature. Without `body`, no body is sent. */
export interface RenderedRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}
