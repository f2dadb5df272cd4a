import type { Database } from '../db/connection/client';
import { checkpointIfDue, vacuum, tablesToVacuum } from '../db/connection/maintenance';
import { innermost, type Log } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 60_000;

/** Keeps the embedded database in order while it runs. Postgres needs nobody for that. */
export function startMaintenance(deps: { db: Database; log: Log }): Repeating {
  return repeat(EVERY_MS, (stopping) => maintain(deps, stopping));
}

/** One round. Between two tables those who wait for the database have their turn. */
export async function maintain({ db, log }: { db: Database; log: Log }, signal?: AbortSignal): Promise<void> {
  try {
    for (const table of await tablesToVacuum(db)) {
      if (signal?.aborted) return;
      await vacuum(db, table);
    }
    await checkpointIfDue(db);
  } catch (error) {
    log.warn(
      { error: innermost(error) },
      'the embedded database could not be kept in order; it is tried again',
    );
  }
}
