import type { ConnectionLike } from '@temporalio/client';
import { createCalls, within } from './calls';
import { createExecutions } from './executions';
import { createSchedules } from './schedules';
import { createStarts, type StartOptions } from './starts';

export interface TemporalOptions extends StartOptions {
  namespace: string;
  /** Aborted once nothing should wait for Temporal any more: calls fail from then on. */
  temporalDown?: AbortSignal;
}

const READY_DEADLINE_MS = 2_000;
const DAY_S = 86_400;

export type Temporal = ReturnType<typeof createTemporal>;

/** Everything Wayhook does with Temporal outside a worker. Calls throw what the client throws. */
export function createTemporal(connection: ConnectionLike, options: TemporalOptions) {
  const { namespace, taskQueue, temporalDown } = options;
  const calls = createCalls({ connection, namespace }, temporalDown);

  return {
    ...createStarts(calls, options),
    ...createExecutions(calls),
    schedules: createSchedules(calls, taskQueue),

    /** Whether Temporal answers now. */
    async isReady(): Promise<boolean> {
      try {
        await within(connection, READY_DEADLINE_MS, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },

    /** Sets the namespace's retention of closed workflows, in days. */
    async setRetention(days: number): Promise<void> {
      await calls.withDeadline(() =>
        connection.workflowService.updateNamespace({
          namespace,
          config: { workflowExecutionRetentionTtl: { seconds: days * DAY_S } as never },
        }),
      );
    },
  };
}
