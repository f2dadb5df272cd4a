import { type EnqueueDeps, enqueuing } from '../db/enqueue';
import { closeEntry, openEntriesOf } from '../db/entries/close';
import { pendingEventDeliveries, closeEventDelivery } from '../db/event-webhooks/deliveries';
import { readValue, writeValue } from '../db/key-value';
import type { Temporal } from '../temporal/client';
import type { ClosedWorkflow } from '../temporal/executions';
import type { Log } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 20_000;

/** Visibility lags behind: each round looks again at what closed this long before the last one. */
const OVERLAP_MS = 120_000;

/** How far back the very first round looks. */
const FIRST_ROUND_MS = 86_400_000;

const PROGRESS = 'reconciler';

const DETAILS: Record<string, string> = {
  TERMINATED: 'Terminated in Temporal.',
  TIMED_OUT: 'Timed out in Temporal.',
  CANCELED: 'Cancelled in Temporal.',
  FAILED: 'Failed in Temporal; the workflow says why.',
};

export interface ReconcilerDeps extends EnqueueDeps {
  temporal: Pick<Temporal, 'closedSince' | 'isRunning'>;
  log: Log;
}

/** Closes entries and event deliveries whose workflow closed without doing so: terminated, timed out, or failed in its code. */
export function startReconciler(deps: ReconcilerDeps): Repeating {
  const what = 'compare entries with Temporal';
  return repeat({ everyMs: EVERY_MS, log: deps.log, what }, async () => void (await reconcile(deps)));
}

/** One round: what closed since the last one. Returns how many entries and event deliveries it closed. */
export async function reconcile(deps: ReconcilerDeps): Promise<number> {
  const { db, temporal } = deps;
  const began = Date.now();
  const last = Number((await readValue(db, PROGRESS)) ?? began - FIRST_ROUND_MS);
  let closed = 0;
  for await (const batch of inBatches(temporal.closedSince(new Date(last - OVERLAP_MS)), 500)) {
    closed += (await closeEntries(deps, batch)) + (await closeEventDeliveries(deps, batch));
  }
  await writeValue(db, PROGRESS, String(began));
  return closed;
}

async function closeEntries(deps: ReconcilerDeps, batch: ClosedWorkflow[]): Promise<number> {
  const { db, temporal, log } = deps;
  let closed = 0;
  for (const { entryId, workflowId, firstRunId } of await openEntriesOf(db, batch.map(idOf))) {
    if (await temporal.isRunning(workflowId, firstRunId)) continue;
    const { runId, status } = batch.find((workflow) => workflow.workflowId === workflowId)!;
    const owner = { entryId, firstRunId: firstRunId ?? runId };
    const end = { status: 'cancelled', reason: 'operator', detail: detailOf(status) } as const;
    await enqueuing(deps, (tx) => closeEntry(tx, owner, end, Date.now()));
    log.info({ entryId, status }, 'closed an entry whose workflow had ended');
    closed += 1;
  }
  return closed;
}

async function closeEventDeliveries(
  { db, temporal, log }: ReconcilerDeps,
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

function detailOf(status: string): string {
  return DETAILS[status] ?? `Ended in Temporal (${status}).`;
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
