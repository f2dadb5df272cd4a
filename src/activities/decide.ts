import type { TileDeliveryEnd } from '../db/deliveries/close';
import type { Outcome } from '../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../domain/entry';
import { RETRY_INTERVAL_MS } from '../webhook/outcome';
import type { DeliverInput, FinalAnswer, TokenRef } from './contract';
import { gaveUp, retryable, unauthorized } from './failures';

/* What one answer means for its delivery and entry: first written down, then told to the workflow. */

/** What follows from an answer; `counted` is what the delivery has spent with it. */
export type Decision =
  | { kind: 'settled'; counted: number; settlement: TileDeliveryEnd }
  | { kind: 'refresh'; counted: number }
  /** `nextDelayMs` only where the endpoint asks for longer than the declared interval. */
  | { kind: 'retry'; counted: number; detail: string; nextDelayMs: number | undefined };

/** What decides on the consequences of an answer, besides the answer. */
export type DeliveryRules = Pick<
  DeliverInput,
  'maxRequests' | 'refreshesLeft' | 'whenDelivered' | 'whenFailed'
>;

/** The one place that weighs an outcome against the limits of its delivery (B015, B024, B067). */
export function decide(input: DeliveryRules, counted: number, outcome: Outcome): Decision {
  const settled = (settlement: TileDeliveryEnd, spent = counted): Decision => ({
    kind: 'settled',
    counted: spent,
    settlement,
  });
  switch (outcome.kind) {
    case 'delivered':
      return settled(delivered(input));
    case 'giveUp':
      return settled(deliveryFailed(input, outcome.reason, outcome.detail));
    case 'unauthorized':
      if (input.refreshesLeft > 0) return { kind: 'refresh', counted };
      return settled(deliveryFailed(input, outcome.reason, `${outcome.detail} A fresh token did not help.`));
    case 'retry': {
      const { reason, detail, retryAfterMs: nextDelayMs } = outcome;
      const spent = counted + 1;
      if (spent < input.maxRequests) return { kind: 'retry', counted: spent, detail, nextDelayMs };
      return settled(deliveryFailed(input, reason, withRequestCount(detail, spent)), spent);
    }
  }
}

/** How long until the next request, in ms; undefined when there is none. */
export function pauseAfter(consequence: Decision): number | undefined {
  switch (consequence.kind) {
    case 'settled':
      return undefined;
    case 'refresh':
      return 0;
    case 'retry':
      return consequence.nextDelayMs ?? RETRY_INTERVAL_MS;
  }
}

/** "503 Service Unavailable." and 4 → "503 Service Unavailable, after 4 requests." */
export function withRequestCount(detail: string, requests: number): string {
  return `${detail.replace(/\.$/, '')}, after ${requests} request${requests === 1 ? '' : 's'}.`;
}

function delivered(input: DeliveryRules): TileDeliveryEnd {
  const entry: EntryEnd | undefined =
    input.whenDelivered === 'complete' ? { status: 'completed' } : undefined;
  return { status: 'delivered', reason: null, detail: null, entry };
}

/** The user exits for these even where the tile has a way for failures: there is nothing to call (B126). */
const ALWAYS_EXITS: Reason[] = ['webhook_deleted'];

/** A delivery that ends without success, and the entry with it unless the tile has a way for that. */
export function deliveryFailed(input: DeliveryRules, reason: Reason, detail: string): TileDeliveryEnd {
  const ends: Record<DeliverInput['whenFailed'], EntryEnd | undefined> = {
    goOn: undefined,
    complete: { status: 'completed' },
    exit: { status: 'exited', reason, detail },
  };
  const when = ALWAYS_EXITS.includes(reason) ? 'exit' : input.whenFailed;
  return { status: 'failed', reason, detail, entry: ends[when] };
}

/** Tells the workflow: an answer where the delivery went through, else the failure that fits. */
export function answerOrThrow(consequence: Decision, token: TokenRef | undefined): FinalAnswer {
  switch (consequence.kind) {
    case 'refresh':
      throw unauthorized({ kind: 'unauthorized', token: token!, counted: consequence.counted });
    case 'retry':
      throw retryable(consequence.detail, consequence.nextDelayMs);
    case 'settled': {
      const { status, reason, detail } = consequence.settlement;
      if (status === 'failed') throw deliveryGaveUp(reason!, detail!);
      return { kind: 'delivered' };
    }
  }
}

/** A delivery that has failed for good. */
export function deliveryGaveUp(reason: Reason, detail: string) {
  const kind = ALWAYS_EXITS.includes(reason) ? 'ended' : 'failed';
  return gaveUp(`${detail} (${reason})`, { kind, end: { status: 'exited', reason, detail } });
}
