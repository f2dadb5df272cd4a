import { type EnqueueDeps, enqueuing } from '../db/enqueue';
import { closeEntry, openEntriesOf } from '../db/entries/close';
import { closeLeftDeliveries } from '../db/deliveries/close';
import { closeEventDelivery, pendingEventDeliveries } from '../db/event-webhooks/deliveries';
import type { EntryEnd } from '../domain/entry';
import type { Temporal } from '../temporal/client';
import type { ClosedWorkflow, WorkflowEnd } from '../temporal/executions';
import type { Log } from './log';

/* Closes the rows that a workflow left open at its end. */

export interface EndsDeps extends EnqueueDeps {
  temporal: Pick<Temporal, 'endOf' | 'isRunning'>;
  log: Log;
}

/** Closes what these workflows left open. Returns how many entries and event deliveries. */
export async function closeRowsOf(deps: EndsDeps, batch: ClosedWorkflow[]): Promise<number> {
  const closed = (await closeEntries(deps, batch)) + (await closeEventDeliveries(deps, batch));
  // A tile whose activity was completed by hand: the user went on, and its delivery was left pending.
  await enqueuing(deps, (tx) => closeLeftDeliveries(tx, batch.map(idOf), Date.now()));
  return closed;
}

async function closeEntries(deps: EndsDeps, batch: ClosedWorkflow[]): Promise<number> {
  const { db, temporal, log } = deps;
  let closed = 0;
  for (const { entryId, workflowId, firstRunId } of await openEntriesOf(db, batch.map(idOf))) {
    if (await temporal.isRunning(workflowId, firstRunId)) continue;
    const workflow = batch.find((one) => one.workflowId === workflowId)!;
    const owner = { entryId, workflowId, firstRunId: firstRunId ?? workflow.runId };
    const end = entryEndOf(await temporal.endOf(workflow));
    await enqueuing(deps, (tx) => closeEntry(tx, owner, end, Date.now()));
    log.info({ entryId, status: workflow.status }, 'closed an entry whose workflow had ended');
    closed += 1;
  }
  return closed;
}

/** A workflow that says of itself that the user reached the end is believed: its last activity was completed by hand. */
function entryEndOf({ status, result }: WorkflowEnd): EntryEnd {
  const completed = (result as { status?: unknown } | null | undefined)?.status === 'completed';
  if (completed) return { status: 'completed' };
  return { status: 'cancelled', reason: 'operator', detail: detailOf(status) };
}

async function closeEventDeliveries(
  { db, temporal, log }: EndsDeps,
  batch: ClosedWorkflow[],
): Promise<number> {
  let closed = 0;
  for (const deliveryId of await pendingEventDeliveries(db, batch.map(idOf))) {
    if (await temporal.isRunning(deliveryId, null)) continue;
    const { status } = batch.find((workflow) => workflow.workflowId === deliveryId)!;
    const end = { status: 'failed', reason: 'operator', detail: detailOf(status) } as const;
    await closeEventDelivery(db, deliveryId, end, Date.now());
    log.info({ deliveryId, status }, 'closed an event delivery whose workflow had ended');
    closed += 1;
  }
  return closed;
}

function idOf({ workflowId }: ClosedWorkflow): string {
  return workflowId;
}

const DETAILS = new Map([
  ['TERMINATED', 'Terminated in Temporal.'],
  ['TIMED_OUT', 'Timed out in Temporal.'],
  ['CANCELED', 'Cancelled in Temporal.'],
  ['FAILED', 'Failed in Temporal; the workflow says why.'],
  ['COMPLETED', 'Completed by hand in Temporal.'],
]);

function detailOf(status: string): string {
  return DETAILS.get(status) ?? `Ended in Temporal (${status}).`;
}
