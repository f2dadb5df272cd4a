import type { Database } from '../db/client';
import { closeEntry, writeExitNote } from '../db/entries';
import { RequestError } from '../domain/errors';
import type { Temporal } from '../temporal';

export interface OpenEntry {
  id: string;
  workflowId: string;
  firstRunId: string | null;
}

/**
 * Asks an entry to exit, at an operator's wish. The note stays in our database: what a person writes is not
 * for Temporal's history. Throws `Unavailable` when Temporal cannot be reached.
 */
export async function requestExit(
  { db, temporal }: { db: Database; temporal: Pick<Temporal, 'requestExit'> },
  entry: OpenEntry,
  note: string,
): Promise<void> {
  await writeExitNote(db, entry.id, note);
  if (await asks(temporal, entry)) return;
  // No workflow runs: it has not been started yet, and will find the entry closed; or it ended unseen.
  const owner = { entryId: entry.id, firstRunId: entry.firstRunId };
  await closeEntry(
    db,
    owner,
    { status: 'cancelled', reason: 'operator', detail: 'Asked to exit.' },
    Date.now(),
  );
}

async function asks(temporal: Pick<Temporal, 'requestExit'>, entry: OpenEntry): Promise<boolean> {
  try {
    return await temporal.requestExit(entry.workflowId, entry.firstRunId);
  } catch (cause) {
    const message = 'Temporal cannot be reached, so the entry goes on. Send the request again shortly.';
    throw new RequestError('Unavailable', message, null, { cause });
  }
}
