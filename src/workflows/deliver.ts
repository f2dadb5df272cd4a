import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  type RetryPolicy,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
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
import { RETRY_INTERVAL_MS } from '../domain/retry-policy';
import { limitedQueueOf } from './messages';

/**
 * Longer than the HTTP timeouts of a webhook call and a token request together, with time for the database. After it
 * the worker counts as lost.
 */
const CALL_TIMEOUT = '45 seconds';

const {
  deliver: deliverActivity,
  refreshToken: refreshTokenActivity,
  deliverEvent: deliverEventActivity,
} = proxyActivities<Activities>({ startToCloseTimeout: CALL_TIMEOUT });

/** The declared retry policy: a fixed interval, and no history event for a retry (B015, B031). */
function retryPolicyOf({ maxRequests, counted }: RequestBudget): RetryPolicy {
  return {
    initialInterval: RETRY_INTERVAL_MS,
    backoffCoefficient: 1,
    maximumAttempts: Math.max(1, maxRequests - counted),
    // Otherwise the server spends every attempt on a dead worker before the workflow sees the timeout.
    nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'],
  };
}

/** What the Web UI calls the request of a tile. */
const REQUEST_NAMES: Record<RequestTile['kind'], string> = {
  webhook: 'call webhook',
  liveData: 'get live data from webhook',
  userProfile: 'update the user profile from webhook',
};

/** Makes the requests of one tile visit: one activity, retried by the server under the declared policy. */
export function deliver(tile: RequestTile, input: DeliverInput): Promise<DeliveryAnswer> {
  return untilAnswered(input, `tile ${input.tileId}`, (current) =>
    deliverActivity.executeWithOptions(
      {
        activityId: `${input.tileId}/${input.visit}`,
        summary: `Tile ${input.tileId}: ${REQUEST_NAMES[tile.kind]}${tile.webhookId ? ` ${tile.webhookId}` : ''}`,
        startToCloseTimeout: CALL_TIMEOUT,
        retry: retryPolicyOf(current),
        ...(tile.limit && {
          taskQueue: limitedQueueOf(workflowInfo().taskQueue),
          priority: { fairnessKey: tile.limit.key, fairnessWeight: tile.limit.weight },
        }),
      },
      [current],
    ),
  );
}

/** Replaces the refused token, unless another entry has done so already. */
export function refreshToken(input: DeliverInput, refused: TokenRef): Promise<RefreshAnswer> {
  return untilAnswered(input, `tile ${input.tileId}`, (current) =>
    refreshTokenActivity.executeWithOptions(
      {
        activityId: `${input.tileId}/${input.visit}/token`,
        summary: `Tile ${input.tileId}: refresh the access token`,
        startToCloseTimeout: CALL_TIMEOUT,
        retry: { maximumAttempts: 1 },
      },
      [current, refused],
    ),
  );
}

/** Makes the requests of one event delivery: one activity, under the same policy. */
export function deliverEvent(input: DeliverEventInput): Promise<EventAnswer> {
  return untilAnswered(input, 'event delivery', (current) =>
    deliverEventActivity.executeWithOptions(
      {
        activityId: 'deliver',
        summary: 'Send the event to the event webhook',
        startToCloseTimeout: CALL_TIMEOUT,
        retry: retryPolicyOf(current),
      },
      [current],
    ),
  );
}

const MINUTE_MS = 60_000;
const MAX_PAUSE_MS = 30 * MINUTE_MS;

/**
 * Runs an activity until it answers. An internal fault or a lost worker spends none of the endpoint's requests and exits
 * no user: the workflow waits, for a minute at first and for half an hour at most, and runs the activity again.
 */
async function untilAnswered<Input extends RequestBudget, Answer>(
  input: Input,
  subject: string,
  run: (input: Input) => Promise<Answer>,
): Promise<Answer> {
  let current = input;
  for (let pauseMs = MINUTE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      return await run(current);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const cause = error instanceof ActivityFailure ? error.cause : undefined;
      const failure = cause instanceof ApplicationFailure ? cause : undefined;
      if (failure?.type === 'GaveUp' || failure?.type === 'Unauthorized')
        return failure.details![0] as Answer;
      const fault = failure?.type === 'OurFault' ? (failure.details![0] as OurFault) : undefined;
      current = { ...current, counted: fault?.counted ?? current.counted, unrecorded: fault?.unrecorded };
      const summary = `Wait for an internal outage to pass, then resume ${subject}`;
      await sleep(fault?.retryInMs ?? pauseMs, { summary });
    }
  }
}
