import type { Database } from '../db/connection/client';
import { type EnqueueDeps, enqueuing } from '../db/enqueue';
import { closeEntry, openEntriesOf, writeExitNote } from '../db/entries/close';
import { type DueExit, removeExit, takeDueExits } from '../db/outbox';
import { ApiError } from '../domain/errors';
import type { Temporal } from '../temporal/client';
import type { Log } from './log';
import { repeat, type Repeating } from './repeat';

export interface OpenEntry {
  id: string;
  workflowId: string;
  firstRunId: string | null;
}

/**
 * Makes an entry exit, at an operator's request. The note stays in our database: what a person writes does not belong
 * in Temporal's history. Throws `Unavailable` when Temporal cannot be reached.
 */
export async function requestExit(
  deps: EnqueueDeps & { temporal: Pick<Temporal, 'requestExit'> },
  entry: OpenEntry,
  note: string,
): Promise<void> {
  const { db, temporal } = deps;
  await writeExitNote(db, entry.id, note);
  if (await signalExit(temporal, entry)) return;
  // No workflow is running: it is not started yet, and will find the entry closed; or it ended unnoticed.
  const owner = { entryId: entry.id, firstRunId: entry.firstRunId };
  const end = { status: 'cancelled', reason: 'operator', detail: 'Asked to exit.' } as const;
  await enqueuing(deps, (tx) => closeEntry(tx, owner, end, Date.now()));
  // Its workflow may have started after Temporal had none: the entry has an owner now, which can be signalled.
  const open = (await openEntriesOf(db, [entry.workflowId])).find(({ entryId }) => entryId === entry.id);
  if (open) await requestExit(deps, { ...entry, firstRunId: open.firstRunId }, note);
}

async function signalExit(temporal: Pick<Temporal, 'requestExit'>, entry: OpenEntry): Promise<boolean> {
  try {
    return await temporal.requestExit(entry.workflowId, entry.firstRunId);
  } catch (cause) {
    const message =
      'Temporal cannot be reached, so the entry was not stopped. Send the request again shortly.';
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
 * Signals the workflows of entries that were closed in the database to exit, at least once each. While Temporal is down
 * the signals wait in the outbox; a workflow that gets its signal late does nothing meanwhile: its entry is closed.
 */
export function startExits(deps: ExitsDeps): Repeating {
  const what = 'signal workflows to exit';
  return repeat({ everyMs: SWEEP_MS, log: deps.log, what }, () => signalAll(deps));
}

async function signalAll({ db, temporal }: ExitsDeps): Promise<void> {
  const signal = async ({ entryId, workflowId, firstRunId, reason }: DueExit): Promise<void> => {
    await temporal.requestExit(workflowId, firstRunId, reason === 'user_deleted' ? reason : 'operator');
    await removeExit(db, entryId);
  };
  for (let due = AT_ONCE; due === AT_ONCE;) {
    const signalled = await Promise.allSettled((await takeDueExits(db, AT_ONCE)).map(signal));
    const failed = signalled.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    due = signalled.length;
  }
}
