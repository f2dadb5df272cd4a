import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

const {
  FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED: REACHED,
  FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT: NOT_YET,
} = temporal.api.enums.v1.FastForwardPollingResult;

const namespace = 'default';

/** The virtual time of a workflow that was started with time that is not skipped. It is skipped only on demand. */
export function virtualTimeOf({ workflowService, workflow }: Client, workflowId: string) {
  const workflowExecution = { workflowId };

  async function isRunning(): Promise<boolean> {
    return (await workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  }

  async function now(): Promise<number> {
    const { raw } = await workflow.getHandle(workflowId).describe();
    const time = raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime;
    return time ? tsToMs(time) : Date.now();
  }

  async function skip(config: temporal.api.common.v1.ITimeSkippingConfig): Promise<void> {
    await workflowService.updateWorkflowExecutionOptions({
      ...{ namespace, workflowExecution },
      workflowExecutionOptions: { timeSkippingConfig: { enabled: true, ...config } },
      updateMask: { paths: ['time_skipping_config'] },
    });
  }

  /** Waits until the fast-forward has reached its end. False where it cannot. */
  async function reached(fastForwardId: string): Promise<boolean> {
    for (;;) {
      const { fastForwardPollingResult: result } = await workflowService.pollWorkflowExecutionTimeSkipping({
        ...{ namespace, workflowExecution, fastForwardId },
      });
      if (result !== NOT_YET) return result === REACHED;
    }
  }

  /** What it is asked, or false where the workflow has ended meanwhile. */
  async function unlessEnded(ask: () => Promise<boolean>): Promise<boolean> {
    try {
      return (await isRunning()) && (await ask());
    } catch (error) {
      if (await isRunning()) throw error;
      return false;
    }
  }

  return {
    now,
    /** Lets everything happen that is due before a time, and stops there. False where the workflow ends before. */
    forwardTo: (time: number): Promise<boolean> =>
      unlessEnded(async () => {
        const ms = time - (await now());
        if (ms <= 0) return true;
        const id = randomUUID();
        await skip({ fastForwardConfig: { id, duration: msNumberToTs(ms) } });
        return reached(id);
      }),
    /** From now on no time is waited for. */
    forwardToTheEnd: (): Promise<boolean> =>
      unlessEnded(async () => {
        await skip({});
        return true;
      }),
  };
}
