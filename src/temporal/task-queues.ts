import type { ConnectionLike } from '@temporalio/client';
import { CALL_DEADLINE_MS, within } from './calls';

/** Of `temporal.api.enums.v1.TaskQueueType`. */
export const ACTIVITY_QUEUE = 2;

/** Makes Temporal limit each fairness key of an activity queue to its weight times `rate` per second. */
export async function limitFairnessKeys(
  connection: ConnectionLike,
  namespace: string,
  taskQueue: string,
  rate: number,
): Promise<void> {
  await within(connection, CALL_DEADLINE_MS, () =>
    connection.workflowService.updateTaskQueueConfig({
      namespace,
      taskQueue,
      taskQueueType: ACTIVITY_QUEUE,
      updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: rate }, reason: 'Wayhook' },
    }),
  );
}

/** The names of an activity queue's partitions. */
export async function partitionsOf(
  connection: ConnectionLike,
  namespace: string,
  taskQueue: string,
): Promise<string[]> {
  const { activityTaskQueuePartitions } = await within(connection, CALL_DEADLINE_MS, () =>
    connection.workflowService.listTaskQueuePartitions({ namespace, taskQueue: { name: taskQueue } }),
  );
  return activityTaskQueuePartitions.map(({ key }) => key!);
}
