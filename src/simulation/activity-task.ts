import { asyncLocalStorage, Context } from '@temporalio/activity';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  DefaultFailureConverter,
  type Logger,
  noopMetricMeter,
  type Payload,
  RetryState,
} from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { payloadConverter } from '../temporal/payload-converter';
import type { Clock, Moment } from './clock';
import type { LimitedQueue } from './limited-queue';
import type { Command, Resolution } from './sdk';

type Scheduled = NonNullable<Command['scheduleActivity']>;
type ScheduledLocally = NonNullable<Command['scheduleLocalActivity']>;
type Activity = (...given: unknown[]) => Promise<unknown>;

/** The run that an activity belongs to. */
interface Owner {
  workflowId: string;
  runId: string;
  workflowType: string;
}

export interface ActivityParts {
  clock: Clock;
  limited: LimitedQueue;
  activities: Record<string, Activity>;
}

const failures = new DefaultFailureConverter();

/** One activity of a run, with its retries as the server makes them. */
export class ActivityTask {
  #attempt = 1;
  #waiting: Moment | undefined;
  #leaveQueue: (() => void) | undefined;
  #isOver = false;
  readonly #firstScheduled: number;

  constructor(
    private readonly parts: ActivityParts,
    private readonly owner: Owner,
    private readonly scheduled: Scheduled | ScheduledLocally,
    private readonly resolve: (resolution: Resolution) => void,
  ) {
    this.#firstScheduled = parts.clock.now;
    this.#scheduleAttempt(0);
  }

  /** Ends it at once. A request that is already out goes on alone, as on a worker. */
  cancel(): void {
    if (this.#isOver) return;
    this.#waiting?.cancel();
    this.#leaveQueue?.();
    this.#end({ cancelled: { failure: this.#failureOf(new CancelledFailure('Cancelled')) } });
  }

  #scheduleAttempt(delayMs: number): void {
    const { clock } = this.parts;
    const at = clock.now + delayMs;
    this.#waiting = clock.at(at, () => this.#enterQueue(at));
  }

  #enterQueue(at: number): void {
    const begin = () => this.parts.clock.work(() => this.#run(at));
    const priority = 'priority' in this.scheduled ? this.scheduled.priority : undefined;
    const { fairnessKey: key, fairnessWeight: weight } = priority ?? {};
    if (key && weight) this.#leaveQueue = this.parts.limited.enter({ key, weight }, begin);
    else begin();
  }

  async #run(at: number): Promise<void> {
    const { activityType, arguments: given } = this.scheduled;
    try {
      const run = this.parts.activities[activityType!]!;
      const values = (given ?? []).map((payload) => payloadConverter.fromPayload(payload as Payload));
      const value = await asyncLocalStorage.run(this.#context(at), () => run(...values));
      this.#end({ completed: { result: payloadConverter.toPayload(value) } });
    } catch (error) {
      this.#retryOrFail(ApplicationFailure.fromError(error));
    }
  }

  #retryOrFail(failure: ApplicationFailure): void {
    if (this.#isOver) return;
    refuseOwnFault(failure);
    const { retryPolicy } = this.scheduled;
    const { maximumAttempts, nonRetryableErrorTypes } = retryPolicy ?? {};
    const isFinal =
      failure.nonRetryable ||
      (maximumAttempts && this.#attempt >= maximumAttempts) ||
      nonRetryableErrorTypes?.includes(failure.type ?? '');
    if (isFinal) return this.#end({ failed: { failure: this.#failureOf(failure) } });
    const delayMs = Number(failure.nextRetryDelay ?? optionalTsToMs(retryPolicy?.initialInterval) ?? 1_000);
    this.#attempt += 1;
    this.#scheduleAttempt(delayMs);
  }

  #end(resolution: Resolution): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.resolve(resolution);
  }

  #failureOf(cause: Error) {
    const { activityType, activityId } = this.scheduled;
    const failure = new ActivityFailure(
      'Activity task failed',
      activityType!,
      activityId!,
      RetryState.NON_RETRYABLE_FAILURE,
      'simulation',
      cause,
    );
    return failures.errorToFailure(failure, payloadConverter);
  }

  #context(at: number): Context {
    const { workflowId, runId, workflowType } = this.owner;
    const { activityId, activityType } = this.scheduled;
    const info = {
      ...{ activityId: activityId!, activityType: activityType!, attempt: this.#attempt },
      ...{ workflowExecution: { workflowId, runId }, workflowType },
      scheduledTimestampMs: this.#firstScheduled,
      currentAttemptScheduledTimestampMs: at,
      ...{ isLocal: !('taskQueue' in this.scheduled), inWorkflow: true, taskQueue: 'simulation' },
    } as Context['info'];
    const never = new Promise<never>(() => undefined);
    const { signal } = new AbortController();
    return new Context(info, never, signal, () => undefined, undefined, SILENT, noopMetricMeter, {});
  }
}

const nothing = (): void => undefined;
const SILENT: Logger = {
  ...{ log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
};

/** There is no outage to wait for: what fails here would fail for ever. */
function refuseOwnFault({ type, details, message }: ApplicationFailure): void {
  const isPause = (details?.[0] as { retryInMs?: number } | undefined)?.retryInMs !== undefined;
  if (type === 'OurFault' && !isPause) throw new Error(message);
}
