import type { Database } from '../db/connection/client';
import { deleteExpiredKeys } from '../db/idempotency';
import { removeLeftImports } from '../db/imports/files';
import {
  deleteOldEntries,
  deleteOldInboxRequests,
  deleteOldJobs,
  deleteOldRefusals,
  deleteOldPublishedEvents,
} from '../db/retention';
import { deleteExpiredSigningSecrets } from '../db/secrets/signing-secrets';
import { type Log, tryTo } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 600_000;

/** Rows per statement: few, so that it holds the embedded database's one connection only briefly. */
const BATCH = 200;

export interface RetentionDeps {
  db: Database;
  log: Log;
  retentionDays: number;
}

/** Deletes what has expired. */
export function startRetention(deps: RetentionDeps): Repeating {
  const what = 'delete expired data';
  return repeat({ everyMs: EVERY_MS, log: deps.log, what }, (stopping) => applyRetention(deps, stopping));
}

/** One round. A kind of data that cannot be deleted does not keep the others from being deleted. */
export async function applyRetention(
  { db, log, retentionDays }: RetentionDeps,
  signal?: AbortSignal,
): Promise<void> {
  const byAge = (batch: typeof deleteOldEntries) => async () => {
    while (!signal?.aborted && (await batch(db, retentionDays, BATCH)) === BATCH);
  };
  const tasks: Record<string, () => Promise<void>> = {
    'expired idempotency keys': () => deleteExpiredKeys(db),
    'expired signing secrets': () => deleteExpiredSigningSecrets(db),
    'old entries': byAge(deleteOldEntries),
    'old events of event webhooks': byAge(deleteOldPublishedEvents),
    'old refusals of jobs': byAge(deleteOldRefusals),
    'old jobs': byAge(deleteOldJobs),
    'orphaned import files': () => removeLeftImports(db),
    'old inbox requests': byAge(deleteOldInboxRequests),
  };
  for (const [what, task] of Object.entries(tasks)) {
    await tryTo({ log, what: `delete ${what}` }, task);
  }
}
