import { activityInfo, ApplicationFailure, log } from '@temporalio/activity';
import type { EntryEnd } from '../domain/entry';
import type { DeliveryAnswer, EventAnswer, OurFault, UnsavedResult } from './contract';

/* Where what happened becomes what Temporal is told. Nothing personal passes: history keeps it. */

/**
 * The time of an activity, in ms since the epoch. Where time is skipped, Temporal's clock runs ahead of this
 * machine's; where tasks have waited in a queue, it lags behind.
 */
export function activityTime(): number {
  return Math.max(activityInfo().currentAttemptScheduledTimestampMs, Date.now());
}

/** What an execution knows should our own database fail it. */
export interface AttemptState {
  counted: number;
  unrecorded?: UnsavedResult;
  retryInMs?: number;
}

/** A final answer: the server does not retry, the workflow goes on or ends. */
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

/** A 401 that a fresh token may mend: the workflow sees it, refreshes and calls again. */
export function unauthorized(answer: DeliveryAnswer & { kind: 'unauthorized' }): ApplicationFailure {
  const message = 'The endpoint refused the access token.';
  return ApplicationFailure.create({
    message,
    type: 'Unauthorized',
    category: 'BENIGN',
    nonRetryable: true,
    details: [answer],
  });
}

/** An answer to be retried: the declared policy does it, `nextRetryDelay` only where the endpoint asks for longer. */
export function retryable(message: string, retryAfterMs: number | undefined): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'Retry',
    category: 'BENIGN',
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
  });
}

/**
 * Runs a delivery's activity. Whatever it throws that is not one of the answers above is ours: it must not
 * spend one of the endpoint's requests, so the server does not retry it and the workflow waits instead.
 */
export async function throwingOurFault<Answer>(
  known: AttemptState,
  run: (known: AttemptState) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await run(known);
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    const message = `${faultMessage(error)} None of the endpoint's requests was spent.`;
    throw ApplicationFailure.create({
      message,
      type: 'OurFault',
      nonRetryable: true,
      details: [known satisfies OurFault],
    });
  }
}

/** Runs bookkeeping, which the server repeats until it succeeds. Its failures say as little as the others. */
export async function retriedByTemporal<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    throw ApplicationFailure.create({ message: faultMessage(error), type: 'OurFault' });
  }
}

/**
 * What history is told of a fault of ours, and the log with where it was: an error's kind, never its message,
 * for a database quotes the values of a failed statement.
 */
function faultMessage(error: unknown): string {
  const kind = kindOf(error);
  log.warn('a fault of ours; it is tried again', {
    kind,
    at: error instanceof Error ? framesOf(error) : undefined,
  });
  return `A fault of ours (${kind}); the worker's log says where.`;
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
