import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { limitKeys } from '../temporal';

/** Activities under one fairness key. */
export interface KeyLoad {
  key: string;
  weight: number;
  activities: number;
}

/** A task queue that nobody else knows, whose fairness keys are limited, with activities that wait in it. */
export interface ProbeQueue {
  /** Takes one activity and returns its key; undefined when none came for a while. */
  take: () => Promise<string | undefined>;
  close: () => Promise<void>;
}

export interface ProbeQueueOptions {
  connection: ConnectionLike;
  namespace: string;
  name: string;
  /** The rate of a key of weight 1, in activities a second. */
  rate: number;
  /** What is put in, one batch after the other. */
  batches: KeyLoad[][];
}

const CALL_MS = 10_000;

/** Temporal takes no poll that waits less than two seconds. */
const POLL_MS = 2_500;

/** What was put in is there a little after the task that was scheduled behind it. */
const SETTLE_MS = 300;

/** Everything ends by itself after this, should the probe be killed. */
const LIFE = { seconds: 60 as never };

/** Of `temporal.api.enums.v1.CommandType`. */
const SCHEDULE_ACTIVITY = 1;
const COMPLETE_WORKFLOW = 4;

/** gRPC: CANCELLED and DEADLINE_EXCEEDED, with which a poll may end that found nothing. */
const NOTHING_CAME = [1, 4];

/**
 * Puts activities into a queue of their own, by a workflow of which this is the only worker. Nobody takes any
 * before all are there, so the order in which they are handed out is Temporal's choice.
 */
export async function openProbeQueue(options: ProbeQueueOptions): Promise<ProbeQueue> {
  const { connection, namespace, name, rate, batches } = options;
  const service = connection.workflowService;
  const from = { namespace, taskQueue: { name }, identity: 'wayhook' };
  const within = <T>(ms: number, call: () => Promise<T>) => connection.withDeadline(Date.now() + ms, call);

  async function nextTask(): Promise<Uint8Array> {
    const task = await within(CALL_MS, () => service.pollWorkflowTaskQueue(from));
    if (task.taskToken.length === 0) throw new Error('The probe got no workflow task.');
    return task.taskToken;
  }
  const answer = (taskToken: Uint8Array, commands: object[], { goOn }: { goOn: boolean }) =>
    within(CALL_MS, () =>
      service.respondWorkflowTaskCompleted({
        ...{ namespace, identity: 'wayhook', taskToken, commands },
        forceCreateNewWorkflowTask: goOn,
      }),
    );

  await limitKeys(connection, namespace, name, rate);
  await within(CALL_MS, () => service.startWorkflowExecution({ ...from, ...workflowOf(name) }));
  for (const batch of batches) {
    await answer(
      await nextTask(),
      batch.flatMap((load) => schedule(name, load)),
      { goOn: true },
    );
  }
  const last = await nextTask();
  await pause(SETTLE_MS);
  return {
    async take() {
      try {
        const task = await within(POLL_MS, () => service.pollActivityTaskQueue(from));
        return task.taskToken.length > 0 ? task.priority!.fairnessKey! : undefined;
      } catch (error) {
        if (NOTHING_CAME.includes((error as { code: number }).code)) return undefined;
        throw error;
      }
    },
    close: async () => void (await answer(last, [COMPLETE], { goOn: false })),
  };
}

const COMPLETE = { commandType: COMPLETE_WORKFLOW, completeWorkflowExecutionCommandAttributes: {} };

function workflowOf(name: string) {
  return {
    workflowId: name,
    requestId: name,
    workflowType: { name: 'rate-limit-probe' },
    workflowExecutionTimeout: LIFE,
    workflowTaskTimeout: LIFE,
  };
}

function schedule(queue: string, { key, weight, activities }: KeyLoad): object[] {
  return Array.from({ length: activities }, (_, index) => ({
    commandType: SCHEDULE_ACTIVITY,
    scheduleActivityTaskCommandAttributes: {
      activityId: `${key}/${index}`,
      activityType: { name: 'probe' },
      taskQueue: { name: queue },
      scheduleToCloseTimeout: LIFE,
      startToCloseTimeout: LIFE,
      retryPolicy: { maximumAttempts: 1 },
      priority: { fairnessKey: key, fairnessWeight: weight },
    },
  }));
}
