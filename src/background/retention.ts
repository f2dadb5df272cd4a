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
import { innermost, type Log } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 600_000;

/** Few enough that nobody waits long for the one connection of the embedded database. */
const BATCH = 200;

export interface RetentionDeps {
  db: Database;
  log: Log;
  retentionDays: number;
}

/** Removes what nobody may ask for any more. */
export function startRetention(deps: RetentionDeps): Repeating {
  return repeat(EVERY_MS, (stopping) => applyRetention(deps, stopping));
}

/** One round. What cannot be removed keeps nothing else from going. */
export async function applyRetention(
  { db, log, retentionDays }: RetentionDeps,
  signal?: AbortSignal,
): Promise<void> {
  const byAge = (batch: typeof deleteOldEntries) => async () => {
    while (!signal?.aborted && (await batch(db, retentionDays, BATCH)) === BATCH);
  };
  const tasks: Record<string, () => Promise<void>> = {
    'idempotency keys': () => deleteExpiredKeys(db),
    'signing secrets': () => deleteExpiredSigningSecrets(db),
    entries: byAge(deleteOldEntries),
    'events of event webhooks': byAge(deleteOldPublishedEvents),
    'refusals of jobs': byAge(deleteOldRefusals),
    jobs: byAge(deleteOldJobs),
    'files of imports': () => removeLeftImports(db),
    'inbox requests': byAge(deleteOldInboxRequests),
  };
  for (const [what, task] of Object.entries(tasks)) {
    try {
      await task();
    } catch (error) {
      log.warn({ error: innermost(error) }, `old ${what} could not be removed; it is tried again`);
    }
  }
}
