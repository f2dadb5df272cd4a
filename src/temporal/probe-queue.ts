import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { CALL_DEADLINE_MS, within } from './calls';
import { ACTIVITY_QUEUE, limitFairnessKeys } from './task-queues';

/** Activities under one fairness key. */
export interface KeyLoad {
  key: string;
  weight: number;
  activities: number;
}

/** A private task queue with limited fairness keys, and activities waiting in it. */
export interface ProbeQueue {
  /** Polls one activity and returns its key; undefined when none arrived within the poll. */
  poll: () => Promise<string | undefined>;
  close: () => Promise<void>;
}

export interface ProbeQueueOptions {
  connection: ConnectionLike;
  namespace: string;
  name: string;
  /** The names of the queue's partitions. */
  partitions: string[];
  /** The rate of a key of weight 1, in activities per second. */
  rate: number;
  /** What is scheduled, one batch after the other. */
  batches: KeyLoad[][];
}

/** Temporal rejects polls of less than two seconds. */
const POLL_MS = 2_500;

/** How often the backlog is checked while a batch is being added. */
const LOOK_MS = 100;

/** What `describeTaskQueue` returns about a queue. */
const ACTIVITIES = { taskQueueType: ACTIVITY_QUEUE, includeTaskQueueStatus: true };

/** The workflow and its activities time out after this, in case the probe is killed. */
const LIFE = { seconds: 60 as never };

/** Of `temporal.api.enums.v1.CommandType`. */
const SCHEDULE_ACTIVITY = 1;
const COMPLETE_WORKFLOW = 4;

/** gRPC: CANCELLED and DEADLINE_EXCEEDED, with which an empty poll may end. */
const EMPTY_POLL = [1, 4];

/**
 * Schedules activities in a queue of their own, through a workflow whose only worker this is. A batch is scheduled once
 * the whole last one is in the queue, and none is polled before all are, so their order is Temporal's choice.
 */
export async function openProbeQueue(options: ProbeQueueOptions): Promise<ProbeQueue> {
  const { connection, namespace, name, partitions, rate, batches } = options;
  const service = connection.workflowService;
  const from = { namespace, taskQueue: { name }, identity: 'wayhook' };

  async function nextTask(): Promise<Uint8Array> {
    const task = await within(connection, CALL_DEADLINE_MS, () => service.pollWorkflowTaskQueue(from));
    if (task.taskToken.length === 0) throw new Error('The rate limit probe received no workflow task.');
    return task.taskToken;
  }
  const respond = (taskToken: Uint8Array, commands: object[], { more }: { more: boolean }) =>
    within(connection, CALL_DEADLINE_MS, () =>
      service.respondWorkflowTaskCompleted({
        ...{ namespace, identity: 'wayhook', taskToken, commands },
        forceCreateNewWorkflowTask: more,
      }),
    );

  /** Uses the deprecated backlog hint: the newer statistics may be five seconds old. */
  async function backlogOf(partition: string): Promise<number> {
    const { taskQueueStatus } = await within(connection, CALL_DEADLINE_MS, () =>
      service.describeTaskQueue({ ...ACTIVITIES, namespace, taskQueue: { name: partition } }),
    );
    return Number(taskQueueStatus!.backlogCountHint);
  }
  async function untilQueued(count: number): Promise<void> {
    const deadline = Date.now() + CALL_DEADLINE_MS;
    for (;;) {
      const counts = await Promise.all(partitions.map(backlogOf));
      if (counts.reduce((sum, backlog) => sum + backlog, 0) >= count) return;
      if (Date.now() > deadline)
        throw new Error('The activities of the rate limit probe did not reach their queue.');
      await pause(LOOK_MS);
    }
  }

  await limitFairnessKeys(connection, namespace, name, rate);
  await within(connection, CALL_DEADLINE_MS, () =>
    service.startWorkflowExecution({ ...from, ...workflowOf(name) }),
  );
  let scheduled = 0;
  for (const batch of batches) {
    const activities = batch.flatMap((load) => schedule(name, load));
    await respond(await nextTask(), activities, { more: true });
    await untilQueued((scheduled += activities.length));
  }
  const last = await nextTask();
  return {
    async poll() {
      try {
        const task = await within(connection, POLL_MS, () => service.pollActivityTaskQueue(from));
        return task.taskToken.length > 0 ? task.priority!.fairnessKey! : undefined;
      } catch (error) {
        if (EMPTY_POLL.includes((error as { code: number }).code)) return undefined;
        throw error;
      }
    },
    close: async () => void (await respond(last, [COMPLETE], { more: false })),
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
