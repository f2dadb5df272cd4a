import type { RunOutcome } from '../db/journeys/schedules';
import type { Owner } from '../db/entries/entries';
import type { HandOffResult } from '../db/entries/hand-offs';
import type { WaitOutcome, WaitVisit } from '../usecases/journeys/wait-for';
import type { ChainOutcome } from '../usecases/journeys/decide/decide';
import type { CallbackStatus } from '../domain/webhooks/callback';
import type { Outcome } from '../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../domain/entry';

/* Arguments and results of activities. Temporal's history stores them: ids, counts and words from closed lists, no
   personal data, no secret. Recorded histories hold these names, so they cannot change. */

/** The requests of a delivery, and how many of them are spent. */
export interface RequestBudget {
  /** The first request and its retries. */
  maxRequests: number;
  /** How many of them are spent. */
  counted: number;
  /** A result that arrived while the database was away: it is saved before anything else is sent. */
  unrecorded?: UnsavedResult;
}

export interface DeliverInput extends RequestBudget {
  entryId: string;
  firstRunId: string;
  tileId: string;
  visit: number;
  /** See `AtTile`. */
  rules?: true;
  /** Null for an inline webhook or a plain URL. */
  webhookId: number | null;
  /** Fresh tokens that may still be requested after a 401. */
  refreshesLeft: number;
  /** Whether the entry ends with this tile: then its last activity closes it. */
  whenDelivered: 'goOn' | 'complete';
  whenFailed: 'goOn' | 'complete' | 'exit';
  /** Where the endpoint may call back: the status by which it says so, and how long the user waits, in ms. */
  callback?: { on: number; ms: number };
}

export interface DeliverEventInput extends RequestBudget {
  deliveryId: string;
}

/** The result of one request, without the answer's headers and body. */
export interface UnsavedResult {
  number: number;
  outcome: Outcome;
  status: number | null;
  durationMs: number;
  /** The token in the request: a 401 refuses it. */
  token?: TokenRef;
  /** The endpoint refused the token before it expired (B068). */
  refusedEarly?: boolean;
}

/** Identifies one access token: its credential, and its version within that. */
export interface TokenRef {
  secretId: string;
  version: number;
}

/** The final result of a tile visit. */
export type FinalAnswer =
  | { kind: 'delivered' }
  /** The delivery failed; `end` is the end of the entry, if the tile has no failure path. Thrown. */
  | { kind: 'failed'; end: EntryEnd }
  /** The entry is closed, whatever paths the tile has. Thrown, or returned where an earlier execution closed it. */
  | { kind: 'ended'; end: EntryEnd }
  /** The entry belongs to another run. */
  | { kind: 'superseded' };

/** The send window of the tile is closed: the call is made again when it opens. Throwing would spend an attempt. */
export interface ClosedAnswer {
  kind: 'closed';
  opensInMs: number;
  counted: number;
}

/** How it went on after the endpoint said that it would call back. */
export type CallbackAnswer =
  /** It has not called yet: the user waits. */
  { kind: 'awaiting' } | CalledBack;

export interface CalledBack {
  kind: 'calledBack';
  status: CallbackStatus;
}

/** How a wait for a call ended. */
export type LeaveAnswer = CalledBack | { kind: 'timedOut' };

/** What an execution of a tile's delivery returns. `skipped`: the send window is closed, and the user goes on. */
export type SendAnswer = FinalAnswer | ClosedAnswer | CallbackAnswer | { kind: 'skipped' };

/** `unauthorized` is a 401 that a fresh token may fix. Thrown. */
export type DeliveryAnswer = SendAnswer | { kind: 'unauthorized'; token: TokenRef; counted: number };

/** The final result of an event delivery; `failed` is thrown. */
export type EventAnswer =
  | { kind: 'delivered' }
  | { kind: 'failed'; reason: Reason; detail: string }
  /** There is nothing to send: the delivery was closed or deleted. */
  | { kind: 'superseded' };

export type RefreshAnswer = FinalAnswer | { kind: 'refreshed' };

/** Whether the entry is this run's; or its end. */
export type ArrivalAnswer = boolean | (FinalAnswer & { kind: 'ended' });

/** The result of a sendToJourney tile: the entry it started, or why it started none. */
export type HandOffAnswer =
  ({ kind: 'walked' } & HandOffResult) | (FinalAnswer & { kind: 'ended' | 'superseded' });

/** One visit of a tile at which the user waits. */
export interface WaitInput extends WaitVisit {
  /** The workflow's time, in ms since the epoch. */
  now: number;
  /** See `AtTile`. */
  rules?: true;
}

export type WaitAnswer = WaitOutcome;
/** A tile that only decides, and with it the decided tiles that follow. */
export interface DecideInput extends Owner {
  tileId: string;
  visit: number;
  /** How often each other decided tile was visited before. */
  visits: [tileId: string, times: number][];
  /** See `AtTile`. */
  rules?: true;
}

/** The tiles that were walked, each with the way taken, and the tile that comes next. */
export type DecideAnswer = ChainOutcome;

/** A visit of a delay until a moment. */
export interface HoldInput extends Owner {
  tileId: string;
  visit: number;
  /** The workflow's time, in ms since the epoch; absent where a worker of an earlier version asks. */
  now?: number;
  /** See `AtTile`. */
  rules?: true;
}

/** How long the user is held, and by which way they go then. */
export type HoldAnswer =
  | { kind: 'held'; ms: number; way: 'next' | 'past' | 'missing' }
  | (FinalAnswer & { kind: 'ended' | 'superseded' });

/** One run of a journey's schedule. */
export interface RunInput {
  journeyId: number;
  version: number;
  /** ISO-8601 */
  scheduledAt: string;
}

export type RunAnswer = RunOutcome;

/** An internal fault. The server does not retry it: the workflow waits and starts the activity again. */
export interface OurFault {
  counted: number;
  unrecorded?: UnsavedResult;
  /** The wait before the next try, where the last answer asked for a retry; absent, the workflow chooses. */
  retryInMs?: number;
}
