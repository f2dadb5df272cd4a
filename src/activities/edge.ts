import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { DeliveryAnswer, OurFault, UnrecordedAnswer } from './answers';

/* Where what happened becomes what Temporal is told. Nothing personal passes: history keeps it. */

/**
 * The time of an activity, in ms since the epoch. Where time is skipped, Temporal's clock runs ahead of this
 * machine's; where tasks have waited in a queue, it lags behind.
 */
export function activityTime(): number {
  return Math.max(activityInfo().currentAttemptScheduledTimestampMs, Date.now());
}

/** What an execution knows should our own database fail it. */
export interface Known {
  counted: number;
  unrecorded?: UnrecordedAnswer;
  retryInMs?: number;
}

/** A final answer: the server does not retry, the workflow goes on or ends. */
export function gaveUp(message: string, answer: DeliveryAnswer & { kind: 'failed' }): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'GaveUp', nonRetryable: true, details: [answer] });
}

/** A 401 that a fresh token may mend: the workflow sees it, refreshes and calls again. */
export function unauthorized(answer: DeliveryAnswer & { kind: 'unauthorized' }): ApplicationFailure {
  const message = 'The endpoint refused the access token.';
  return ApplicationFailure.create({ message, type: 'Unauthorized', nonRetryable: true, details: [answer] });
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
export async function answering<Answer>(
  known: Known,
  run: (known: Known) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await run(known);
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw ApplicationFailure.create({
      message: `Our own fault (${nameOf(error)}); no request of the endpoint was spent. The worker's log says more.`,
      type: 'OurFault',
      nonRetryable: true,
      details: [known satisfies OurFault],
    });
  }
}

/** An error's kind, never its message: a database quotes the values of a failed statement. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code =
    (error as NodeJS.ErrnoException).code ?? (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? error.name : `${error.name} ${code}`;
}
