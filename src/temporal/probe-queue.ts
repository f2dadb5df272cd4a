import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { limitKeys } from './client';

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
  /** The names of the partitions in which Temporal keeps the queue. */
  partitions: string[];
  /** The rate of a key of weight 1, in activities a second. */
  rate: number;
  /** What is put in, one batch after the other. */
  batches: KeyLoad[][];
}

const CALL_MS = 10_000;

/** Temporal takes no poll that waits less than two seconds. */
const POLL_MS = 2_500;

/** How often it is asked whether a batch has arrived. */
const LOOK_MS = 100;

/** What is asked about a queue; the type is of `temporal.api.enums.v1.TaskQueueType`. */
const ACTIVITIES = { taskQueueType: 2, includeTaskQueueStatus: true };

/** Everything ends by itself after this, should the probe be killed. */
const LIFE = { seconds: 60 as never };

/** Of `temporal.api.enums.v1.CommandType`. */
const SCHEDULE_ACTIVITY = 1;
const COMPLETE_WORKFLOW = 4;

/** gRPC: CANCELLED and DEADLINE_EXCEEDED, with which a poll may end that found nothing. */
const NOTHING_CAME = [1, 4];

/**
 * Puts activities into a queue of their own, by a workflow of which this is the only worker. No batch is put in before
 * all of the last are there, and nobody takes any before all are, so the order in which they are handed out is
 * Temporal's choice.
 */
export async function openProbeQueue(options: ProbeQueueOptions): Promise<ProbeQueue> {
  const { connection, namespace, name, partitions, rate, batches } = options;
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

  /** Of the two ways to ask for a backlog the old one: the new one answers with what it knew up to five seconds ago. */
  async function waitingIn(partition: string): Promise<number> {
    const { taskQueueStatus } = await within(CALL_MS, () =>
      service.describeTaskQueue({ ...ACTIVITIES, namespace, taskQueue: { name: partition } }),
    );
    return Number(taskQueueStatus!.backlogCountHint);
  }
  async function untilThere(count: number): Promise<void> {
    const deadline = Date.now() + CALL_MS;
    for (;;) {
      const counts = await Promise.all(partitions.map(waitingIn));
      if (counts.reduce((sum, waiting) => sum + waiting, 0) >= count) return;
      if (Date.now() > deadline)
        throw new Error('The activities of the probe did not come into their queue.');
      await pause(LOOK_MS);
    }
  }

  await limitKeys(connection, namespace, name, rate);
  await within(CALL_MS, () => service.startWorkflowExecution({ ...from, ...workflowOf(name) }));
  let put = 0;
  for (const batch of batches) {
    const activities = batch.flatMap((load) => schedule(name, load));
    await answer(await nextTask(), activities, { goOn: true });
    await untilThere((put += activities.length));
  }
  const last = await nextTask();
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
