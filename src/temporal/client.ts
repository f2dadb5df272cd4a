import {
  Client,
  type ConnectionLike,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import {
  EVENT_DELIVERY_WORKFLOW_TYPE,
  type EventDeliveryStart,
  type ExitRequest,
  exitSignal,
  type JourneyStart,
  WORKFLOW_TYPE,
} from '../workflows/messages';
import type { Plan } from '../domain/journeys/plan';
import { JOURNEY_ID, VERSION } from './attributes';
import { createSchedules } from './schedules';
import type { event, journey } from '../workflows';

/** A call to Temporal that takes longer counts as an outage. */
const CALL_DEADLINE_MS = 10_000;

/** Of `temporal.api.enums.v1.TaskQueueType`. */
const ACTIVITY_QUEUE = 2;

/** Limits each fairness key of an activity queue to its weight times `rate` a second. Temporal keeps that. */
export async function limitKeys(
  connection: ConnectionLike,
  namespace: string,
  taskQueue: string,
  rate: number,
): Promise<void> {
  await connection.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
    connection.workflowService.updateTaskQueueConfig({
      namespace,
      taskQueue,
      taskQueueType: ACTIVITY_QUEUE,
      updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: rate }, reason: 'Wayhook' },
    }),
  );
}

/** The names of the partitions in which Temporal keeps an activity queue. */
export async function partitionsOf(
  connection: ConnectionLike,
  namespace: string,
  taskQueue: string,
): Promise<string[]> {
  const { activityTaskQueuePartitions } = await connection.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
    connection.workflowService.listTaskQueuePartitions({ namespace, taskQueue: { name: taskQueue } }),
  );
  return activityTaskQueuePartitions.map(({ key }) => key!);
}

/** An accepted entry as it is handed to Temporal. Its id is the workflow's. */
export interface StartJourney {
  entryId: string;
  journeyId: number;
  version: number;
  plan: Plan;
  /** What a job made waits behind what was asked for singly. */
  ofJob?: boolean;
}

/** A delivery of an event, as it is handed to Temporal. Its id is the workflow's. */
export interface StartEventDelivery extends Pick<StartJourney, 'ofJob'> {
  deliveryId: string;
}

/** Temporal gives workers the tasks of lower numbers first; 3 is what all others have. */
const OF_JOB = { priority: { priorityKey: 4 } };

/** A workflow of ours that closed, as visibility lists it. */
export interface ClosedWorkflow {
  workflowId: string;
  runId: string;
  status: string;
}

export interface TemporalOptions {
  namespace: string;
  taskQueue: string;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
  /** Only where the worker shares the connection: it then takes the first task with the start's answer. */
  eagerStart: boolean;
  /** Aborted when nothing is to wait for Temporal any more: calls fail then. */
  temporalDown?: AbortSignal;
}

/** gRPC: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const OUTAGE_CODES = new Set([1, 2, 4, 8, 10, 13, 14]);

/** Whether a failed call says that Temporal is away or overloaded, and not that the call was wrong. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && OUTAGE_CODES.has(cause.code);
}

/** gRPC: PERMISSION_DENIED and UNIMPLEMENTED. */
const REFUSAL_CODES = new Set([7, 12]);

/** Whether a failed call says that this server, or these credentials, never allow it. */
export function isRefusal(error: unknown): boolean {
  return isGrpcServiceError(error) && REFUSAL_CODES.has(error.code);
}

/** What a call comes to, unless `temporalDown` is aborted before: then its reason is thrown, and nobody waits for the call. */
export async function orStopIfDown<T>(
  temporalDown: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  temporalDown?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = () => reject(temporalDown!.reason as Error);
    temporalDown?.addEventListener('abort', leave);
    void call()
      .then(resolve, reject)
      .finally(() => temporalDown?.removeEventListener('abort', leave));
  });
}

export type Temporal = ReturnType<typeof createTemporal>;

/** All that Wayhook asks of Temporal outside a worker. Calls throw what the client throws. */
export function createTemporal(connection: ConnectionLike, options: TemporalOptions) {
  const client = new Client({ connection, namespace: options.namespace });
  const { taskQueue, maxRequests, eagerStart, temporalDown } = options;
  const withDeadline = <T>(call: () => Promise<T>): Promise<T> =>
    orStopIfDown(temporalDown, () => client.withDeadline(Date.now() + CALL_DEADLINE_MS, call));

  const settings = {
    taskQueue,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    requestEagerStart: eagerStart,
  } as const;

  /** That a workflow was started before is as good. */
  async function once(start: () => Promise<unknown>): Promise<void> {
    try {
      await withDeadline(start);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  return {
    schedules: createSchedules(client, { taskQueue, withDeadline }),

    /** Starts an entry's workflow. */
    startJourney({ entryId, journeyId, version, plan, ofJob }: StartJourney): Promise<void> {
      const start: JourneyStart = { journeyId, version, entry: { id: entryId, plan, maxRequests } };
      return once(() =>
        client.workflow.start<typeof journey>(WORKFLOW_TYPE, {
          ...settings,
          ...(ofJob && OF_JOB),
          workflowId: entryId,
          args: [start],
          staticSummary: `Journey ${journeyId}, version ${version}`,
          typedSearchAttributes: [
            { key: JOURNEY_ID, value: journeyId },
            { key: VERSION, value: version },
          ],
        }),
      );
    },

    /** Starts the workflow of an event's delivery. */
    startEvent({ deliveryId, ofJob }: StartEventDelivery): Promise<void> {
      const start: EventDeliveryStart = { deliveryId, maxRequests };
      return once(() =>
        client.workflow.start<typeof event>(EVENT_DELIVERY_WORKFLOW_TYPE, {
          ...settings,
          ...(ofJob && OF_JOB),
          workflowId: deliveryId,
          args: [start],
          staticSummary: 'Delivery of one event to one event webhook',
        }),
      );
    },

    /** Asks an entry to exit now. False when no run of its chain is under way: ended, or not started yet. */
    async requestExit(
      workflowId: string,
      firstRunId: string | null,
      reason: ExitRequest['reason'] = 'operator',
    ): Promise<boolean> {
      try {
        if (!(await this.isRunning(workflowId, firstRunId))) return false;
        await withDeadline(() => client.workflow.getHandle(workflowId).signal(exitSignal, { reason }));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },

    /** Workflows of ours that closed since a time in any way that may have passed their row by. */
    async *closedSince(time: Date): AsyncIterable<ClosedWorkflow> {
      const query =
        `WorkflowType IN ('${WORKFLOW_TYPE}', '${EVENT_DELIVERY_WORKFLOW_TYPE}') AND CloseTime >= '${time.toISOString()}' ` +
        `AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Canceled', 'Failed')`;
      const closed = client.workflow.list({ query, pageSize: 500 })[Symbol.asyncIterator]();
      for (;;) {
        // Any step may ask for the next page.
        const next = await withDeadline(() => closed.next());
        if (next.done) return;
        const { workflowId, runId, status } = next.value;
        yield { workflowId, runId, status: status.name };
      }
    },

    /**
     * Whether a chain of runs is under way, told by its first run (of any chain when that is null): a reset
     * ends one run of it and begins another, and a client may use a workflow id again.
     */
    async isRunning(workflowId: string, firstRunId: string | null): Promise<boolean> {
      const { status, raw } = await withDeadline(() => client.workflow.getHandle(workflowId).describe());
      const first = raw.workflowExecutionInfo?.firstRunId;
      return status.name === 'RUNNING' && (firstRunId === null || first === firstRunId);
    },

    /** Whether Temporal answers now. */
    async isReady(): Promise<boolean> {
      try {
        await client.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },

    /** Sets how long the namespace remembers closed entries, in days. */
    async setRetention(days: number): Promise<void> {
      await withDeadline(() =>
        connection.workflowService.updateNamespace({
          namespace: options.namespace,
          config: { workflowExecutionRetentionTtl: { seconds: days * 86_400 } as never },
        }),
      );
    },
  };
}
