import type { Database } from '../db/client';
import { closeEntry, openEntriesOf } from '../db/entries';
import { readProgress, writeProgress } from '../db/progress';
import type { Temporal } from '../temporal';
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

/** Closes the rows of entries whose workflow ended without a word: terminated, timed out, or failed in its code. */
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

/** One look at what closed since the last. Returns how many entries it closed. */
export async function reconcile({ db, temporal, log }: ReconcilerDeps): Promise<number> {
  const began = Date.now();
  const last = Number((await readProgress(db, PROGRESS)) ?? began - FIRST_LOOK_MS);
  let closed = 0;
  for await (const batch of inBatches(temporal.closedSince(new Date(last - OVERLAP_MS)), 500)) {
    const open = await openEntriesOf(
      db,
      batch.map((workflow) => workflow.workflowId),
    );
    for (const { entryId, workflowId, firstRunId } of open) {
      if (await temporal.isRunning(workflowId, firstRunId)) continue;
      const { runId, status } = batch.find((workflow) => workflow.workflowId === workflowId)!;
      const detail = WORDS[status] ?? `Ended in Temporal (${status}).`;
      const owner = { entryId, firstRunId: firstRunId ?? runId };
      await closeEntry(db, owner, { status: 'cancelled', reason: 'operator', detail }, Date.now());
      log.info({ entryId, status }, 'closed an entry whose workflow had ended');
      closed += 1;
    }
  }
  await writeProgress(db, PROGRESS, String(began));
  return closed;
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
