import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  type RetryPolicy,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type {
  DeliverEventInput,
  DeliverInput,
  DeliveryAnswer,
  EventAnswer,
  RefreshAnswer,
  RequestBudget,
  TokenRef,
} from '../activities/contract';
import type { RequestTile } from '../domain/journeys/plan';
import { HEARTBEAT_TIMEOUT_MS, RETRY_INTERVAL_MS } from '../domain/retry-policy';
import { readDeliveryAnswer, readEventAnswer, readFault, readRefreshAnswer } from './answer';
import { type Awaited, limitedQueueOf } from './messages';

/**
 * A call takes no longer than the HTTP timeouts of a webhook call and a token request together, with time for the
 * database. A worker that is lost is noticed earlier.
 */
const CALL_TIMEOUTS = { startToCloseTimeout: '45 seconds', heartbeatTimeout: HEARTBEAT_TIMEOUT_MS } as const;

const {
  deliver: deliverActivity,
  refreshToken: refreshTokenActivity,
  deliverEvent: deliverEventActivity,
} = proxyActivities<Activities>(CALL_TIMEOUTS);

/** The declared retry policy: a fixed interval, and no history event for a retry (B015, B031). */
function retryPolicyOf({ maxRequests, counted }: RequestBudget): RetryPolicy {
  return {
    initialInterval: RETRY_INTERVAL_MS,
    backoffCoefficient: 1,
    maximumAttempts: Math.max(1, maxRequests - counted),
    // Otherwise the server spends every attempt on a dead worker before the workflow sees the timeout.
    nonRetryableErrorTypes: ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'],
  };
}

/** What the Web UI calls the request of a tile. */
const REQUEST_NAMES: Record<RequestTile['kind'], string> = {
  webhook: 'call webhook',
  liveData: 'get live data from webhook',
  userProfile: 'update the user profile from webhook',
};

/** Says what the entry waits for, and for how many ms at the latest. */
type WaitsFor = (awaited: Awaited, ms?: number) => void;

/** Makes the requests of one tile visit: one activity, retried by the server under the declared policy. */
export function deliver(tile: RequestTile, input: DeliverInput, waitsFor: WaitsFor): Promise<DeliveryAnswer> {
  return untilAnswered(
    input,
    `tile ${input.tileId}`,
    readDeliveryAnswer,
    (current) =>
      deliverActivity.executeWithOptions(
        {
          activityId: `${input.tileId}/${input.visit}`,
          summary: `Tile ${input.tileId}: ${REQUEST_NAMES[tile.kind]}${tile.webhookId ? ` ${tile.webhookId}` : ''}`,
          ...CALL_TIMEOUTS,
          retry: retryPolicyOf(current),
          ...(tile.limit && {
            taskQueue: limitedQueueOf(workflowInfo().taskQueue),
            priority: { fairnessKey: tile.limit.key, fairnessWeight: tile.limit.weight },
          }),
        },
        [current],
      ),
    waitsFor,
  );
}

/** Replaces the refused token, unless another entry has done so already. */
export function refreshToken(
  input: DeliverInput,
  refused: TokenRef,
  waitsFor: WaitsFor,
): Promise<RefreshAnswer> {
  return untilAnswered(
    input,
    `tile ${input.tileId}`,
    readRefreshAnswer,
    (current) =>
      refreshTokenActivity.executeWithOptions(
        {
          activityId: `${input.tileId}/${input.visit}/token`,
          summary: `Tile ${input.tileId}: refresh the access token`,
          ...CALL_TIMEOUTS,
          retry: { maximumAttempts: 1 },
        },
        [current, refused],
      ),
    waitsFor,
  );
}

/** Makes the requests of one event delivery: one activity, under the same policy. */
export function deliverEvent(input: DeliverEventInput): Promise<EventAnswer> {
  return untilAnswered(input, 'event delivery', readEventAnswer, (current) =>
    deliverEventActivity.executeWithOptions(
      {
        activityId: 'deliver',
        summary: 'Send the event to the event webhook',
        ...CALL_TIMEOUTS,
        retry: retryPolicyOf(current),
      },
      [current],
    ),
  );
}

const MINUTE_MS = 60_000;
const MAX_PAUSE_MS = 30 * MINUTE_MS;

/**
 * Runs an activity until it answers. An internal fault, a lost worker or an answer made by hand that cannot be read
 * spends none of the endpoint's requests and exits no user: the workflow waits, for a minute at first and for half an
 * hour at most, and runs the activity again. The first time that its worker is lost it does so at once.
 */
async function untilAnswered<Input extends RequestBudget, Answer>(
  input: Input,
  subject: string,
  read: (answer: unknown) => Answer | undefined,
  run: (input: Input) => Promise<unknown>,
  waitsFor: WaitsFor = () => undefined,
): Promise<Answer> {
  let current = input;
  let pauseMs = MINUTE_MS;
  let wasLost = false;
  for (;;) {
    const { answer, fault, lost }: Result = await run(current).then((answer) => ({ answer }), thrown);
    const readable = answer === undefined ? undefined : read(answer);
    if (readable !== undefined) return readable;
    const { counted = current.counted, unrecorded = current.unrecorded, retryInMs } = readFault(fault);
    current = { ...current, counted, unrecorded };
    const isFirstLoss = lost && !wasLost;
    wasLost ||= lost ?? false;
    if (isFirstLoss) continue;
    const summary = `Wait for an internal outage to pass, then resume ${subject}`;
    waitsFor('outage', retryInMs ?? pauseMs);
    await sleep(retryInMs ?? pauseMs, { summary });
    waitsFor('request');
    pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
  }
}

/** What an activity answered, the internal fault that it threw, or that its worker was lost. */
interface Result {
  answer?: unknown;
  fault?: unknown;
  lost?: boolean;
}

/** The result in what an activity threw. Throws a cancellation. */
function thrown(error: unknown): Result {
  if (isCancellation(error)) throw error;
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  // Only heartbeats say so: a call that took too long may have a worker that hangs, or have begun before heartbeats.
  if (cause instanceof TimeoutFailure) return { lost: cause.timeoutType === 'HEARTBEAT' };
  const { type, details } = cause instanceof ApplicationFailure ? cause : {};
  if (type === 'GaveUp' || type === 'Unauthorized') return { answer: details?.[0] };
  return type === 'OurFault' ? { fault: details?.[0] } : {};
}
