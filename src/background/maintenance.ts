import type { Database } from '../db/connection/client';
import { shortenLog, vacuum, wornTables } from '../db/connection/maintenance';
import { innermost, type Log } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 60_000;

/** Keeps the embedded database in order while it runs. Postgres needs nobody for that. */
export function startUpkeep(deps: { db: Database; log: Log }): Repeating {
  return repeat(EVERY_MS, (stopping) => keepUp(deps, stopping));
}

/** One round. Between two tables those who wait for the database have their turn. */
export async function keepUp({ db, log }: { db: Database; log: Log }, signal?: AbortSignal): Promise<void> {
  try {
    for (const table of await wornTables(db)) {
      if (signal?.aborted) return;
      await vacuum(db, table);
    }
    await shortenLog(db);
  } catch (error) {
    log.warn(
      { error: innermost(error) },
      'the embedded database could not be kept in order; it is tried again',
    );
  }
}
