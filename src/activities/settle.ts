import type { Settlement } from '../db/deliveries';
import type { Outcome } from '../domain/delivery';
import type { EntryEnd, Reason } from '../domain/entry';
import { RETRY_INTERVAL_MS } from '../webhook/outcome';
import type { DeliverInput, FinalAnswer, TokenRef } from './answers';
import { gaveUp, retryable, unauthorized } from './edge';

/* What one answer means for its delivery and entry: first written down, then told to the workflow. */

/** What follows from an answer, given what the delivery has spent before it. */
export interface Consequence {
  /** Requests that are spent once this answer is written down. */
  counted: number;
  /** How the delivery ends; absent, it goes on. */
  settlement?: Settlement;
  /** When the next request is due, from now. */
  nextInMs?: number;
}

/** The one place that weighs an outcome against the limits of its delivery (B015, B024, B067). */
export function consequenceOf(input: DeliverInput, counted: number, outcome: Outcome): Consequence {
  switch (outcome.kind) {
    case 'delivered':
      return { counted, settlement: delivered(input) };
    case 'giveUp':
      return { counted, settlement: failed(input, outcome.reason, outcome.detail) };
    case 'unauthorized':
      if (input.refreshesLeft > 0) return { counted, nextInMs: 0 };
      return {
        counted,
        settlement: failed(input, outcome.reason, `${outcome.detail} A fresh token did not help.`),
      };
    case 'retry': {
      const spent = counted + 1;
      const nextInMs = outcome.retryAfterMs ?? RETRY_INTERVAL_MS;
      if (spent < input.maxRequests) return { counted: spent, nextInMs };
      return { counted: spent, settlement: failed(input, outcome.reason, afterAll(outcome.detail, spent)) };
    }
  }
}

/** "503 Service Unavailable." and 4 → "503 Service Unavailable, after 4 requests." */
function afterAll(detail: string, requests: number): string {
  return `${detail.replace(/\.$/, '')}, after ${requests} request${requests === 1 ? '' : 's'}.`;
}

function delivered(input: DeliverInput): Settlement {
  const entry: EntryEnd | undefined =
    input.whenDelivered === 'complete' ? { status: 'completed' } : undefined;
  return { status: 'delivered', reason: null, detail: null, entry };
}

/** A delivery that ends without success, and the entry with it unless the tile has a way for that. */
export function failed(input: DeliverInput, reason: Reason, detail: string): Settlement {
  const ends: Record<DeliverInput['whenFailed'], EntryEnd | undefined> = {
    goOn: undefined,
    complete: { status: 'completed' },
    exit: { status: 'exited', reason, detail },
  };
  return { status: 'failed', reason, detail, entry: ends[input.whenFailed] };
}

/** Tells the workflow: an answer where the delivery went through, else the failure that fits. */
export function tell(outcome: Outcome, { counted, settlement }: Consequence, token?: TokenRef): FinalAnswer {
  if (settlement?.status === 'delivered') return { kind: 'delivered' };
  if (settlement) throw gaveUpOn(settlement.reason!, settlement.detail!);
  if (outcome.kind === 'unauthorized') throw unauthorized({ kind: 'unauthorized', token: token!, counted });
  throw retryable(
    outcome.kind === 'retry' ? outcome.detail : '',
    outcome.kind === 'retry' ? outcome.retryAfterMs : undefined,
  );
}

export function gaveUpOn(reason: Reason, detail: string) {
  return gaveUp(`${detail} (${reason})`, { kind: 'failed', end: { status: 'exited', reason, detail } });
}
