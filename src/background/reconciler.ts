import { readValue, writeValue } from '../db/key-value';
import type { Temporal } from '../temporal/client';
import type { EndKind } from '../temporal/executions';
import { closeLost } from './lost-workflows';
import { repeat, type Repeating } from './repeat';
import { closeRowsOf, type EndsDeps } from './workflow-ends';

/** How often each kind of end is looked for. Of the completed there are many, and few left a row open. */
const EVERY_MS: Record<EndKind, number> = { broken: 20_000, completed: 600_000 };

const LOST_EVERY_MS = 600_000;

/** Where the time of the last round is stored. */
const PROGRESS: Record<EndKind, string> = { broken: 'reconciler', completed: 'reconciler-completed' };

/** Visibility lags behind: each round looks again at what closed this long before the last one. */
const OVERLAP_MS = 120_000;

/** How far back the very first round looks. */
const FIRST_ROUND_MS = 86_400_000;

export interface ReconcilerDeps extends EndsDeps {
  temporal: EndsDeps['temporal'] & Pick<Temporal, 'closedSince' | 'unknownAmong'>;
}

/**
 * Closes entries and event deliveries whose workflow ended without doing so: terminated, timed out, failed in its code,
 * or completed after somebody completed an activity by hand; or was deleted.
 */
export function startReconciler(deps: ReconcilerDeps): Pick<Repeating, 'stop'> {
  const { log } = deps;
  const rounds = (['broken', 'completed'] as const).map((kind) => {
    const what = `compare entries with the ${kind} workflows of Temporal`;
    return repeat({ everyMs: EVERY_MS[kind], log, what }, async () => void (await reconcile(deps, kind)));
  });
  const what = 'look for entries whose workflow was deleted';
  rounds.push(repeat({ everyMs: LOST_EVERY_MS, log, what }, () => closeLost(deps)));
  return { stop: async () => void (await Promise.all(rounds.map((round) => round.stop()))) };
}

/** One round: what closed since the last one. Returns how many entries and event deliveries it closed. */
export async function reconcile(deps: ReconcilerDeps, kind: EndKind): Promise<number> {
  const { db, temporal } = deps;
  const began = Date.now();
  const last = Number((await readValue(db, PROGRESS[kind])) ?? began - FIRST_ROUND_MS);
  let closed = 0;
  for await (const batch of inBatches(temporal.closedSince(new Date(last - OVERLAP_MS), kind), 500)) {
    closed += await closeRowsOf(deps, batch);
  }
  await writeValue(db, PROGRESS[kind], String(began));
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
