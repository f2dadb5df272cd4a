import type { Database } from '../db/connection/client';
import { closeEntry, openEntriesOf, writeExitNote } from '../db/entries/close';
import { type DueExit, removeExit, takeDueExits } from '../db/outbox';
import { ApiError } from '../domain/errors';
import type { Temporal } from '../temporal/client';
import { innermost, type Log } from './log';
import { repeat } from './repeat';

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
  deps: { db: Database; temporal: Pick<Temporal, 'requestExit'> },
  entry: OpenEntry,
  note: string,
): Promise<void> {
  const { db, temporal } = deps;
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
  // Its workflow may have begun after Temporal knew of none: the entry has an owner now, who can be asked.
  const open = (await openEntriesOf(db, [entry.workflowId])).find(({ entryId }) => entryId === entry.id);
  if (open) await requestExit(deps, { ...entry, firstRunId: open.firstRunId }, note);
}

async function asks(temporal: Pick<Temporal, 'requestExit'>, entry: OpenEntry): Promise<boolean> {
  try {
    return await temporal.requestExit(entry.workflowId, entry.firstRunId);
  } catch (cause) {
    const message = 'Temporal cannot be reached, so the entry goes on. Send the request again shortly.';
    throw new ApiError('Unavailable', message, null, { cause });
  }
}

const SWEEP_MS = 5_000;
const AT_ONCE = 50;

export interface ExitsDeps {
  db: Database;
  temporal: Pick<Temporal, 'requestExit'>;
  log: Log;
}

/**
 * Asks the workflows of entries that were closed in the database to exit, at least once each. While Temporal is away
 * they wait in the outbox. A workflow that hears of it late does nothing meanwhile: its entry is closed.
 */
export function startExits(deps: ExitsDeps): { tell: () => void; stop: () => Promise<void> } {
  const sweeping = repeat(SWEEP_MS, () => signalAll(deps));
  let telling = Promise.resolve();
  return {
    /** Does not wait for the next sweep. Never throws. */
    tell: () => void (telling = telling.then(() => signalAll(deps))),
    async stop() {
      await sweeping.stop();
      await telling;
    },
  };
}

async function signalAll({ db, temporal, log }: ExitsDeps): Promise<void> {
  const tell = async ({ entryId, workflowId, firstRunId, reason }: DueExit): Promise<void> => {
    await temporal.requestExit(workflowId, firstRunId, reason === 'user_deleted' ? reason : 'operator');
    await removeExit(db, entryId);
  };
  try {
    for (let due = AT_ONCE; due === AT_ONCE;) {
      const told = await Promise.allSettled((await takeDueExits(db, AT_ONCE)).map(tell));
      const failed = told.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      due = told.length;
    }
  } catch (error) {
    log.warn({ error: innermost(error) }, 'workflows could not be told yet that their entries are closed');
  }
}
