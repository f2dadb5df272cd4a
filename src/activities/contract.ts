import type { RunOutcome } from '../db/journeys/schedules';
import type { HandOffResult } from '../db/entries/hand-offs';
import type { Outcome } from '../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../domain/entry';

/* What the workflow tells a delivery's activities and what they answer. It stands in Temporal's history: ids,
   counts and closed words only, no personal data, no secret. */

/** What a delivery has spent of the requests it may spend. */
export interface RequestBudget {
  /** Requests that the delivery may spend in all; `counted` of them are known to be spent. */
  maxRequests: number;
  counted: number;
  /** An answer that came while the database was away: it is written down before anything is sent again. */
  unrecorded?: UnsavedResult;
}

export interface DeliverInput extends RequestBudget {
  entryId: string;
  firstRunId: string;
  tileId: string;
  visit: number;
  /** Null where the tile holds its own request. */
  webhookId: number | null;
  /** Fresh tokens that may still be asked for, should the endpoint answer 401. */
  refreshesLeft: number;
  /** Whether the entry ends with this tile: the last activity of an entry closes it. */
  whenDelivered: 'goOn' | 'complete';
  whenFailed: 'goOn' | 'complete' | 'exit';
}

export interface DeliverEventInput extends RequestBudget {
  deliveryId: string;
}

/** An answer without its headers and body. */
export interface UnsavedResult {
  number: number;
  outcome: Outcome;
  status: number | null;
  durationMs: number;
  /** The token that was sent, which a 401 refuses. */
  token?: TokenRef;
  /** The token should have been good for longer (B068). */
  refusedEarly?: boolean;
}

/** Names one access token: of which credential, and which of its tokens. */
export interface TokenRef {
  secretId: string;
  version: number;
}

/** What a tile visit comes to in the end. */
export type FinalAnswer =
  | { kind: 'delivered' }
  /** The endpoint will not have it; `end` is how the entry was closed, if the tile ends it. Thrown. */
  | { kind: 'failed'; end: EntryEnd }
  /** The entry is closed, whatever ways the tile has: thrown, or found after an answer was lost. */
  | { kind: 'ended'; end: EntryEnd }
  /** The entry is another run's, or an operator has closed it. */
  | { kind: 'superseded' };

/** `unauthorized` is a 401 that a fresh token may mend. Thrown. */
export type DeliveryAnswer = FinalAnswer | { kind: 'unauthorized'; token: TokenRef; counted: number };

/** What an event's delivery comes to in the end; `failed` is thrown. */
export type EventAnswer =
  | { kind: 'delivered' }
  | { kind: 'failed'; reason: Reason; detail: string }
  /** There is nothing to send: the delivery is closed, or gone. */
  | { kind: 'superseded' };

export type RefreshAnswer = FinalAnswer | { kind: 'refreshed' };

/** What a tile that sends the user to another journey comes to: the entry that it began, or why it began none. */
export type HandOffAnswer =
  ({ kind: 'walked' } & HandOffResult) | (FinalAnswer & { kind: 'ended' | 'superseded' });

/** One time of a journey's schedule, as history has it. */
export interface RunInput {
  journeyId: number;
  version: number;
  /** ISO-8601 */
  scheduledAt: string;
}

/** What came of it. */
export type RunAnswer = RunOutcome;

/** Thrown, not retryable by the server: the workflow waits and calls again. */
export interface OurFault {
  counted: number;
  unrecorded?: UnsavedResult;
  /** When the last answer was to be retried: then the retry's own pace holds. */
  retryInMs?: number;
}
