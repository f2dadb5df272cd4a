import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  type RetryPolicy,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, HousekeepingActivities } from '../activities';
import type {
  DeliverEventInput,
  DeliverInput,
  DeliveryAnswer,
  EventAnswer,
  OurFault,
  RefreshAnswer,
  RequestBudget,
  TokenRef,
} from '../activities/contract';
import type { RequestTile } from '../domain/journeys/plan';
import { limitedQueueOf } from './messages';

/** Every retry waits the same three minutes, and none costs a history event (B015, B031). */
const RETRY_INTERVAL = '3 minutes';

/**
 * Longer than the ten seconds a call may take, with the token's request and our own database around it. When
 * it has passed, the worker is taken for lost.
 */
const CALL_TIMEOUT = '45 seconds';

const {
  deliver: deliverActivity,
  refreshToken: refreshTokenActivity,
  deliverEvent: deliverEventActivity,
} = proxyActivities<Activities>({ startToCloseTimeout: CALL_TIMEOUT });

/** What may still be sent of a delivery's requests, 3 minutes apart. */
function policyOf({ maxRequests, counted }: RequestBudget): RetryPolicy {
  return {
    initialInterval: RETRY_INTERVAL,
    backoffCoefficient: 1,
    maximumAttempts: Math.max(1, maxRequests - counted),
    // Else the server would spend every attempt on a dead worker before the workflow hears of it.
    nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'],
  };
}

/** One tile that calls, one activity, under the declared policy: 3 minutes apart, 4xx and the like not retried. */
export function deliver(tile: RequestTile, input: DeliverInput): Promise<DeliveryAnswer> {
  return untilAnswered(input, input.tileId, (current) =>
    deliverActivity.executeWithOptions(
      {
        activityId: `${input.tileId}/${input.visit}`,
        summary: `${input.tileId}: ${tile.kind}${tile.webhookId ? ` ${tile.webhookId}` : ''}`,
        startToCloseTimeout: CALL_TIMEOUT,
        retry: policyOf(current),
        ...(tile.limit && {
          taskQueue: limitedQueueOf(workflowInfo().taskQueue),
          priority: { fairnessKey: tile.limit.key, fairnessWeight: tile.limit.weight },
        }),
      },
      [current],
    ),
  );
}

/** Replaces the token that was refused, or finds that another has replaced it already. */
export function refreshToken(input: DeliverInput, refused: TokenRef): Promise<RefreshAnswer> {
  return untilAnswered(input, input.tileId, (current) =>
    refreshTokenActivity.executeWithOptions(
      {
        activityId: `${input.tileId}/${input.visit}/token`,
        summary: `${input.tileId}: refresh token`,
        startToCloseTimeout: CALL_TIMEOUT,
        retry: { maximumAttempts: 1 },
      },
      [current, refused],
    ),
  );
}

/** An event on its way to one event webhook: one activity, under the same policy. */
export function deliverEvent(input: DeliverEventInput): Promise<EventAnswer> {
  return untilAnswered(input, 'event', (current) =>
    deliverEventActivity.executeWithOptions(
      {
        activityId: 'deliver',
        summary: 'one event for one event webhook',
        startToCloseTimeout: CALL_TIMEOUT,
        retry: policyOf(current),
      },
      [current],
    ),
  );
}

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 30 * MINUTE_MS;

/**
 * Runs an activity until it answers. An outage of ours, or a worker that was lost, spends none of the
 * endpoint's requests and exits nobody: it is waited out, a minute at first, half an hour at most.
 */
async function untilAnswered<Input extends RequestBudget, Answer>(
  input: Input,
  what: string,
  run: (input: Input) => Promise<Answer>,
): Promise<Answer> {
  let current = input;
  for (let pauseMs = MINUTE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await run(current);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = error instanceof ActivityFailure ? error.cause : undefined;
      const known = failure instanceof ApplicationFailure ? failure : undefined;
      if (known?.type === 'GaveUp' || known?.type === 'Unauthorized') return known.details![0] as Answer;
      const fault = known?.type === 'OurFault' ? (known.details![0] as OurFault) : undefined;
      current = { ...current, counted: fault?.counted ?? current.counted, unrecorded: fault?.unrecorded };
      await sleep(fault?.retryInMs ?? pauseMs, { summary: `${what}: waiting out an outage of ours` });
    }
  }
}

const local = proxyLocalActivities<HousekeepingActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 2, initialInterval: '200 milliseconds' },
});
const remote = proxyActivities<HousekeepingActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
});

/**
 * Bookkeeping: one marker when it succeeds at once. Should it not, an ordinary activity takes over, because a
 * local one that keeps failing piles up events and holds its workflow task.
 */
export const housekeeping: HousekeepingActivities = {
  admit: (input) =>
    orRemotely(
      () => local.admit(input),
      () => remote.admit(input),
    ),
  arrive: (input) =>
    orRemotely(
      () => local.arrive(input),
      () => remote.arrive(input),
    ),
  close: (input) =>
    orRemotely(
      () => local.close(input),
      () => remote.close(input),
    ),
  send: (input) =>
    orRemotely(
      () => local.send(input),
      () => remote.send(input),
    ),
  begin: (input) =>
    orRemotely(
      () => local.begin(input),
      () => remote.begin(input),
    ),
};

async function orRemotely<Answer>(
  locally: () => Promise<Answer>,
  remotely: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await locally();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return remotely();
  }
}
