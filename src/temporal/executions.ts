import { WorkflowNotFoundError } from '@temporalio/client';
import {
  EVENT_DELIVERY_WORKFLOW_TYPE,
  type ExitRequest,
  exitSignal,
  type Wake,
  wakeSignal,
  WORKFLOW_TYPE,
} from '../workflows/messages';
import type { Calls } from './calls';

/** A closed workflow of Wayhook, as visibility lists it. */
export interface ClosedWorkflow {
  workflowId: string;
  runId: string;
  status: string;
}

/** How a workflow ended; `result` is what it returned, if it completed. */
export interface WorkflowEnd {
  status: string;
  result?: unknown;
}

/** What visibility lists: ends that may have left a row open; or those that have only if somebody interfered. */
export type EndKind = 'broken' | 'completed';

const STATUSES: Record<EndKind, string> = {
  broken: `'Terminated', 'TimedOut', 'Canceled', 'Failed'`,
  completed: `'Completed'`,
};

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

  async function isKnown(workflowId: string): Promise<boolean> {
    try {
      await withDeadline(() => client.workflow.getHandle(workflowId).describe());
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  /** How this closed run ended. What it returned is read from its history. */
  async function endOf({ workflowId, runId, status }: ClosedWorkflow): Promise<WorkflowEnd> {
    if (status !== 'COMPLETED') return { status };
    try {
      return {
        status,
        result: await withDeadline(() => client.workflow.getHandle(workflowId, runId).result()),
      };
    } catch (error) {
      // Its history was deleted meanwhile.
      if (error instanceof WorkflowNotFoundError) return { status };
      throw error;
    }
  }

  return {
    isRunning,
    endOf,

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

    /**
     * Signals a workflow that its wait has ended. Nothing to do where none is running: the entry has ended. One that runs
     * for another entry under the same workflow id ignores it, because a wait's id begins with the entry's.
     */
    async wake({ workflowId, waitId, arm }: Wake & { workflowId: string }): Promise<void> {
      try {
        await withDeadline(() => client.workflow.getHandle(workflowId).signal(wakeSignal, { waitId, arm }));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },

    /** Those of these workflows that Temporal does not know, neither running nor closed. */
    async unknownAmong(workflowIds: string[]): Promise<Set<string>> {
      const query = `WorkflowId IN (${workflowIds.map((id) => `'${id.replaceAll("'", "''")}'`).join(', ')})`;
      const unlisted = new Set(workflowIds);
      const listed = client.workflow.list({ query, pageSize: 500 })[Symbol.asyncIterator]();
      for (;;) {
        const next = await withDeadline(() => listed.next());
        if (next.done) break;
        unlisted.delete(next.value.workflowId);
      }
      // Visibility lags behind: what was started a moment ago is not listed yet.
      for (const workflowId of unlisted) if (await isKnown(workflowId)) unlisted.delete(workflowId);
      return unlisted;
    },

    /** Workflows of Wayhook that closed in this way since a time. */
    async *closedSince(time: Date, kind: EndKind): AsyncIterable<ClosedWorkflow> {
      const query =
        `WorkflowType IN ('${WORKFLOW_TYPE}', '${EVENT_DELIVERY_WORKFLOW_TYPE}') AND CloseTime >= '${time.toISOString()}' ` +
        `AND ExecutionStatus IN (${STATUSES[kind]})`;
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
