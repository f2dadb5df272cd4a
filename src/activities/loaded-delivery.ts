import type { ApplicationFailure } from '@temporalio/activity';
import type { AttemptResult } from '../db/deliveries/attempts';
import type { TileDeliveryEnd } from '../db/deliveries/close-sql';
import type { AttemptKey, DeliveryState } from '../db/deliveries/deliveries';
import type { Outcome, RenderedRequest } from '../domain/webhooks/delivery';
import type { Reason } from '../domain/entry';
import type { Answer as HttpAnswer, SendOptions } from '../webhook/send';
import type { Captured, CaptureResult } from './capture';
import type { UnsavedResult } from './contract';
import type { DeliveryRules } from './decide';
import type { IssuedToken } from './tokens';

/* What each kind of delivery brings to the state machine (`delivery-machine.ts`). */

/** A delivery as read from the database, with the steps in which deliveries differ: of tiles and of events. */
export interface LoadedDelivery<Answer> {
  kind: 'delivery';
  id: string;
  /** Null before the first attempt. */
  progress: DeliveryState | null;
  rules: DeliveryRules;
  /** Makes the next request. Called only while the budget is not spent. */
  prepare: () => Promise<PreparedRequest | Unsendable | NothingToSend<Answer>>;
  /** Where there are hours in which nothing may be sent: when a retry that is due then is made. */
  notBefore?: (dueAt: number) => Promise<number>;
  /**
   * Saves a result, with everything that follows from it, in one transaction. False when that was to end the entry,
   * which had ended otherwise.
   */
  closeAttempt: (attempt: AttemptKey, result: CloseResult, at: number) => Promise<boolean>;
  /** Closes the delivery as failed where no attempt is open. False as before. */
  closeFailed: (reason: Reason, detail: string) => Promise<boolean>;
  /** The answer after a success, where it depends on what the endpoint has done since. */
  delivered?: () => Promise<Answer>;
  /** The answer when the delivery is closed, or another run's, so that nothing may be sent. */
  superseded: () => Promise<Answer>;
  /** The failure that reports a failed delivery to the workflow. */
  gaveUp: (reason: Reason, detail: string) => ApplicationFailure;
}

/** There is nothing to send, and nothing failed. */
export interface NothingToSend<Answer> {
  kind: 'nothingToSend';
  answer: Answer;
}

/** The delivery fails without a request. */
export interface Unsendable {
  kind: 'unsendable';
  reason: Reason;
  detail: string;
}

export function unsendable(reason: Reason, detail: string): Unsendable {
  return { kind: 'unsendable', reason, detail };
}

/** One request, ready to be sent. */
export interface PreparedRequest {
  kind: 'request';
  /** With authentication and signature. */
  request: RenderedRequest;
  options: SendOptions;
  /** Whether a success needs the whole body of the answer. */
  needsBody: boolean;
  /** The access token in the request, if it carries one. */
  token?: IssuedToken;
  /** Secrets to remove from the log, should the endpoint echo them. */
  sentSecrets: string[];
  /** Opens the attempt's row. False when the delivery or its entry is closed: then nothing may be sent. */
  openAttempt: (attempt: AttemptKey, at: number) => Promise<boolean>;
  /** Takes from the answer what is saved besides the log. It may turn a success into a failure. */
  capture?: (outcome: Outcome, answer: HttpAnswer) => Promise<CaptureResult>;
}

/** What `closeAttempt` saves. */
export interface CloseResult {
  result: AttemptResult & UnsavedResult;
  /** The end of the delivery, when this attempt ends it. */
  end: TileDeliveryEnd | undefined;
  captured: Captured | undefined;
}
