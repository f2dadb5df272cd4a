import { activityInfo, ApplicationFailure, log } from '@temporalio/activity';
import type { EntryEnd } from '../domain/entry';
import type { EventAnswer, OurFault, RequestBudget, TokenRef, UnsavedResult } from './contract';

/* Turns the result of an activity into what Temporal sees. History stores it, so it holds no personal data. */

/**
 * The current time of an activity, in ms since the epoch. With time skipping, Temporal's clock runs ahead of this
 * machine's; after a wait in a queue, the scheduled time lies behind it.
 */
export function activityTime(): number {
  return Math.max(activityInfo().currentAttemptScheduledTimestampMs, Date.now());
}

/** How far a delivery has come. A step that changes it makes a new value. */
export interface AttemptState {
  /** Requests of the delivery's budget that are spent. */
  attemptsUsed: number;
  /** A result that the database does not have yet. */
  unsavedResult?: UnsavedResult;
  /** Set while the result of a request that will be repeated is being saved: the wait before the next one. */
  retryInMs?: number;
}

/** The state in which the workflow starts an execution. */
export function initialState({ counted, unrecorded }: RequestBudget): AttemptState {
  return { attemptsUsed: counted, unsavedResult: unrecorded };
}

/** A final answer: the server does not retry; the workflow goes on or ends. */
export function gaveUp(
  message: string,
  answer: { kind: 'failed' | 'ended'; end: EntryEnd } | (EventAnswer & { kind: 'failed' }),
): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'GaveUp',
    category: 'BENIGN',
    nonRetryable: true,
    details: [answer],
  });
}

/** A 401 that a fresh token may fix: the workflow catches it, refreshes the token and calls again. */
export function unauthorized(token: TokenRef, attemptsUsed: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'The endpoint refused the access token.',
    type: 'Unauthorized',
    category: 'BENIGN',
    nonRetryable: true,
    details: [{ kind: 'unauthorized', token, counted: attemptsUsed }],
  });
}

/** Makes the server retry under the declared policy; `nextRetryDelay` only where the wait is longer. */
export function retryable(message: string, nextDelayMs: number | undefined): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'Retry',
    category: 'BENIGN',
    ...(nextDelayMs !== undefined && { nextRetryDelay: nextDelayMs }),
  });
}

/** The next request is not due yet: the workflow waits for the rest of the pause, and starts again from this state. */
export function notDueYet(attemptsUsed: number, retryInMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'The endpoint’s last answer is to be retried later.',
    type: 'OurFault',
    category: 'BENIGN',
    nonRetryable: true,
    details: [faultDetails({ attemptsUsed, retryInMs })],
  });
}

/**
 * Runs a step of a delivery that starts in this state. Anything thrown, other than the failures above, is a fault of
 * Wayhook. It must not spend one of the endpoint's requests: the server does not retry it, and the workflow waits and
 * starts again from the state reported here. Where steps nest, the innermost one reports: its state is the latest.
 */
export async function withState<Answer>(state: AttemptState, step: () => Promise<Answer>): Promise<Answer> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw ApplicationFailure.create({
      message: `${faultMessage(error)} It spent none of the endpoint's requests.`,
      type: 'OurFault',
      nonRetryable: true,
      details: [faultDetails(state)],
    });
  }
}

/** The names of recorded histories. */
function faultDetails({ attemptsUsed, unsavedResult, retryInMs }: AttemptState): OurFault {
  return { counted: attemptsUsed, unrecorded: unsavedResult, retryInMs };
}

/** Runs bookkeeping, which the server retries until it succeeds. */
export async function retriedByTemporal<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    throw ApplicationFailure.create({ message: faultMessage(error), type: 'OurFault' });
  }
}

/**
 * Logs an internal fault with its stack, and returns the text for history. Both have the kind of the error, never its
 * message: a database error quotes the values of the failed statement.
 */
function faultMessage(error: unknown): string {
  const kind = kindOf(error);
  log.warn('an internal fault; the activity is retried', {
    kind,
    at: error instanceof Error ? framesOf(error) : undefined,
  });
  return `Internal fault (${kind}); see the worker's log.`;
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code =
    (error as NodeJS.ErrnoException).code ?? (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? error.name : `${error.name} ${code}`;
}

/** The stack without the message above it. */
function framesOf(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}
