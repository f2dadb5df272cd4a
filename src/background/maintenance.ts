import type { EmbeddedConnection } from '../db/connection/client';
import { checkpointIfDue, vacuum, tablesToVacuum } from '../db/connection/maintenance';
import type { Log } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 60_000;

/** Vacuums and checkpoints the embedded database while it runs; Postgres does so itself. */
export function startMaintenance(connection: EmbeddedConnection, log: Log): Repeating {
  return repeat({ everyMs: EVERY_MS, log, what: 'maintain the embedded database' }, (stopping) =>
    maintain(connection, stopping),
  );
}

/** One round. Between two tables, other statements get the database's one connection. */
export async function maintain(connection: EmbeddedConnection, signal?: AbortSignal): Promise<void> {
  const { db } = connection;
  for (const table of await tablesToVacuum(db)) {
    if (signal?.aborted) return;
    await vacuum(db, table);
  }
  await checkpointIfDue(connection);
}
