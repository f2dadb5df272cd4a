import { WorkflowNotFoundError } from '@temporalio/client';
import {
  EVENT_DELIVERY_WORKFLOW_TYPE,
  type ExitRequest,
  exitSignal,
  WORKFLOW_TYPE,
} from '../workflows/messages';
import type { Calls } from './calls';

/** A closed workflow of Wayhook, as visibility lists it. */
export interface ClosedWorkflow {
  workflowId: string;
  runId: string;
  status: string;
}

/** Looks up and signals workflows that were started before. */
export function createExecutions({ client, withDeadline }: Calls) {
  /**
   * Whether a chain of runs is running, identified by its first run (any chain when that is null): a reset ends one run
   * of a chain and starts the next, and a client may reuse a workflow id.
   */
  async function isRunning(workflowId: string, firstRunId: string | null): Promise<boolean> {
    const { status, raw } = await withDeadline(() => client.workflow.getHandle(workflowId).describe());
    const first = raw.workflowExecutionInfo?.firstRunId;
    return status.name === 'RUNNING' && (firstRunId === null || first === firstRunId);
  }

  return {
    isRunning,

    /** Signals an entry to exit now. False when no run of its chain is running: closed, or not started yet. */
    async requestExit(
      workflowId: string,
      firstRunId: string | null,
      reason: ExitRequest['reason'] = 'operator',
    ): Promise<boolean> {
      try {
        if (!(await isRunning(workflowId, firstRunId))) return false;
        await withDeadline(() => client.workflow.getHandle(workflowId).signal(exitSignal, { reason }));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },

    /** Workflows of Wayhook that closed since a time in a way that may have left their row open. */
    async *closedSince(time: Date): AsyncIterable<ClosedWorkflow> {
      const query =
        `WorkflowType IN ('${WORKFLOW_TYPE}', '${EVENT_DELIVERY_WORKFLOW_TYPE}') AND CloseTime >= '${time.toISOString()}' ` +
        `AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Canceled', 'Failed')`;
      const closed = client.workflow.list({ query, pageSize: 500 })[Symbol.asyncIterator]();
      for (;;) {
        // Any step may fetch the next page.
        const next = await withDeadline(() => closed.next());
        if (next.done) return;
        const { workflowId, runId, status } = next.value;
        yield { workflowId, runId, status: status.name };
      }
    },
  };
}
