import type { Database } from '../db/connection/client';
import { closeEntry, openEntriesOf } from '../db/entries/close';
import { pendingEventDeliveries, closeEventDelivery } from '../db/event-webhooks/deliveries';
import { readValue, writeValue } from '../db/key-value';
import type { Temporal } from '../temporal/client';
import type { ClosedWorkflow } from '../temporal/executions';
import { innermost, type Log } from './log';
import { repeat } from './repeat';

const EVERY_MS = 20_000;

/** Visibility lags behind; what closed this long before the last look is looked at once more. */
const OVERLAP_MS = 120_000;

/** How far back the very first look goes. */
const FIRST_LOOK_MS = 86_400_000;

const PROGRESS = 'reconciler';

const WORDS: Record<string, string> = {
  TERMINATED: 'Terminated in Temporal.',
  TIMED_OUT: 'Timed out in Temporal.',
  CANCELED: 'Cancelled in Temporal.',
  FAILED: 'Failed in Temporal; the workflow says why.',
};

export interface ReconcilerDeps {
  db: Database;
  temporal: Pick<Temporal, 'closedSince' | 'isRunning'>;
  log: Log;
}

/** Closes the rows of entries and events whose workflow ended without a word: terminated, timed out, or failed in its code. */
export function startReconciler(deps: ReconcilerDeps): { stop: () => Promise<void> } {
  return repeat(EVERY_MS, async () => {
    try {
      await reconcile(deps);
    } catch (error) {
      deps.log.warn(
        { error: innermost(error) },
        'entries could not be compared with Temporal; it is tried again',
      );
    }
  });
}

/** One look at what closed since the last. Returns how many entries and events it closed. */
export async function reconcile(deps: ReconcilerDeps): Promise<number> {
  const { db, temporal } = deps;
  const began = Date.now();
  const last = Number((await readValue(db, PROGRESS)) ?? began - FIRST_LOOK_MS);
  let closed = 0;
  for await (const batch of inBatches(temporal.closedSince(new Date(last - OVERLAP_MS)), 500)) {
    closed += (await closeEntries(deps, batch)) + (await closeEvents(deps, batch));
  }
  await writeValue(db, PROGRESS, String(began));
  return closed;
}

async function closeEntries({ db, temporal, log }: ReconcilerDeps, batch: ClosedWorkflow[]): Promise<number> {
  let closed = 0;
  for (const { entryId, workflowId, firstRunId } of await openEntriesOf(db, batch.map(idOf))) {
    if (await temporal.isRunning(workflowId, firstRunId)) continue;
    const { runId, status } = batch.find((workflow) => workflow.workflowId === workflowId)!;
    const owner = { entryId, firstRunId: firstRunId ?? runId };
    const end = { status: 'cancelled', reason: 'operator', detail: wordsOf(status) } as const;
    await closeEntry(db, owner, end, Date.now());
    log.info({ entryId, status }, 'closed an entry whose workflow had ended');
    closed += 1;
  }
  return closed;
}

/** The same for what event webhooks were to be sent. */
async function closeEvents({ db, temporal, log }: ReconcilerDeps, batch: ClosedWorkflow[]): Promise<number> {
  let closed = 0;
  for (const deliveryId of await pendingEventDeliveries(db, batch.map(idOf))) {
    if (await temporal.isRunning(deliveryId, null)) continue;
    const { status } = batch.find((workflow) => workflow.workflowId === deliveryId)!;
    const end = { status: 'failed', reason: 'operator', detail: wordsOf(status) } as const;
    await closeEventDelivery(db, deliveryId, end, Date.now());
    log.info({ deliveryId, status }, 'closed an event’s delivery whose workflow had ended');
    closed += 1;
  }
  return closed;
}

function idOf({ workflowId }: ClosedWorkflow): string {
  return workflowId;
}

function wordsOf(status: string): string {
  return WORDS[status] ?? `Ended in Temporal (${status}).`;
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
