import type { TileDeliveryEnd } from '../db/deliveries/close-sql';
import type { DeliveryState } from '../db/deliveries/deliveries';
import type { Outcome } from '../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../domain/entry';
import { RETRY_INTERVAL_MS } from '../domain/retry-policy';
import { WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import type { DeliverInput, UnsavedResult } from './contract';
import { gaveUp } from './failures';

/* What the outcome of one request means for its delivery and its entry. */

/** What happens next; `attemptsUsed` includes the request just made. */
export type Decision =
  | { kind: 'close'; attemptsUsed: number; end: TileDeliveryEnd }
  | { kind: 'refresh'; attemptsUsed: number }
  /** `nextDelayMs` only where it is longer than the declared interval: the endpoint asks for it, or nothing may be sent. */
  | { kind: 'retry'; attemptsUsed: number; detail: string; nextDelayMs: number | undefined };

/** What a decision depends on besides the outcome. */
export type DeliveryRules = Pick<
  DeliverInput,
  'maxRequests' | 'refreshesLeft' | 'whenDelivered' | 'whenFailed' | 'callback'
>;

/** The one place that weighs an outcome against the limits of its delivery (B015, B024, B067). */
export function decide(
  rules: DeliveryRules,
  attemptsUsed: number,
  { outcome, status }: Pick<UnsavedResult, 'outcome' | 'status'>,
): Decision {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'close', attemptsUsed, end: deliverySucceeded(rules, status) };
    case 'giveUp':
      return { kind: 'close', attemptsUsed, end: deliveryFailed(rules, outcome.reason, outcome.detail) };
    case 'unauthorized': {
      if (rules.refreshesLeft > 0) return { kind: 'refresh', attemptsUsed };
      const detail = `${outcome.detail} A fresh token did not help.`;
      return { kind: 'close', attemptsUsed, end: deliveryFailed(rules, outcome.reason, detail) };
    }
    case 'retry':
      return retryOrClose(rules, attemptsUsed + 1, outcome);
  }
}

function retryOrClose(
  rules: DeliveryRules,
  attemptsUsed: number,
  { reason, detail, retryAfterMs }: Outcome & { kind: 'retry' },
): Decision {
  if (attemptsUsed < rules.maxRequests) {
    return { kind: 'retry', attemptsUsed, detail, nextDelayMs: retryAfterMs };
  }
  const end = deliveryFailed(rules, reason, withRequestCount(detail, attemptsUsed));
  return { kind: 'close', attemptsUsed, end };
}

/** The wait before the next request, in ms; undefined when there is none. */
export function pauseAfter(decision: Decision): number | undefined {
  switch (decision.kind) {
    case 'close':
      return undefined;
    case 'refresh':
      return 0;
    case 'retry':
      return decision.nextDelayMs ?? RETRY_INTERVAL_MS;
  }
}

/** How long a request may be under way after its attempt was opened: the database may have been slow by then. */
const REQUEST_LIFE_MS = WEBHOOK_TIMEOUT_MS + 3_000;

/**
 * For how long a request of an earlier execution may still be under way, in ms. Its worker is dead, or has only lost its
 * connection to Temporal: nobody can tell. `known` is a request whose result is known though its row is open.
 */
export function underWayFor(
  progress: DeliveryState | null,
  known: UnsavedResult | undefined,
  now: number,
): number {
  if (progress?.status !== 'pending') return 0;
  const unknown = progress.open.filter(({ number }) => number !== known?.number);
  return Math.max(0, ...unknown.map(({ startedAt }) => startedAt + REQUEST_LIFE_MS - now));
}

/** How far the clocks of two machines may differ. */
const CLOCK_SKEW_MS = 5_000;

/**
 * The rest of the pause after an answer to be retried, in ms: a worker was lost after it had stored that answer, before
 * it had reported it. Undefined when the next request is due.
 */
export function restOfPause(progress: DeliveryState | null, now: number): number | undefined {
  const restMs = (progress?.nextAttemptAt ?? now) - now;
  return restMs > CLOCK_SKEW_MS ? restMs : undefined;
}

/** "503 Service Unavailable." and 4 → "503 Service Unavailable, after 4 requests." */
export function withRequestCount(detail: string, requests: number): string {
  return `${detail.replace(/\.$/, '')}, after ${requests} request${requests === 1 ? '' : 's'}.`;
}

function deliverySucceeded(
  { whenDelivered, callback }: DeliveryRules,
  status: number | null,
): TileDeliveryEnd {
  if (callback !== undefined && callback.on === status) {
    return { status: 'delivered', reason: null, detail: null, awaitsMs: callback.ms };
  }
  const entry: EntryEnd | undefined = whenDelivered === 'complete' ? { status: 'completed' } : undefined;
  return { status: 'delivered', reason: null, detail: null, entry };
}

/** The user exits for these even where the tile has a failure path: there is nothing to call (B126). */
const ALWAYS_EXITS: Reason[] = ['webhook_deleted'];

/** The end of a delivery that failed. It ends the entry too, unless the tile has a failure path. */
export function deliveryFailed(
  { whenFailed }: Pick<DeliveryRules, 'whenFailed'>,
  reason: Reason,
  detail: string,
): TileDeliveryEnd {
  const ends: Record<DeliveryRules['whenFailed'], EntryEnd | undefined> = {
    goOn: undefined,
    complete: { status: 'completed' },
    exit: { status: 'exited', reason, detail },
  };
  const entry = ends[ALWAYS_EXITS.includes(reason) ? 'exit' : whenFailed];
  return { status: 'failed', reason, detail, entry };
}

/** The failure that reports a tile's failed delivery to the workflow. */
export function tileGaveUp(reason: Reason, detail: string) {
  const kind = ALWAYS_EXITS.includes(reason) ? 'ended' : 'failed';
  return gaveUp(`${detail} (${reason})`, { kind, end: { status: 'exited', reason, detail } });
}
