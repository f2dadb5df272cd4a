import { type EnqueueDeps, enqueuing } from '../db/enqueue';
import { closeEntry, openEntriesOf, writeExitNote } from '../db/entries/close';
import { ApiError } from '../domain/errors';
import type { Temporal } from '../temporal/client';

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
  const { id: entryId, workflowId, firstRunId } = entry;
  const owner = { entryId, workflowId, firstRunId };
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
