import { type EnqueueDeps, transact } from '../../db/enqueue';
import { BY_OPERATOR, exitEntries, leavingByOperator } from '../../db/entries/exits/exit';
import { exitRest } from '../../db/entries/exits/exit-page';
import { type EntryView, findEntry } from '../../db/entries/list';
import type { Author } from '../../domain/audit';
import { ApiError } from '../../domain/errors';
import { record } from '../audit/record';

/**
 * Takes one user out, and returns the entry as it is then. The note stays in our database: what a person writes does not
 * belong in Temporal's history. Throws `NotFound` for an entry that there is not, and `Conflict` for one that has ended.
 */
export function exitOne(
  deps: EnqueueDeps & { author: Author },
  id: string,
  note: string,
): Promise<EntryView> {
  return transact(deps, async (tx) => {
    const closed = await exitEntries(tx, [leavingByOperator(id, note)], BY_OPERATOR);
    const entry = await findEntry(tx, id);
    if (entry === undefined) throw new ApiError('NotFound', `There is no entry ${id}.`);
    if (closed === 0) throw new ApiError('Conflict', `Entry ${id} has ended: it is ${entry.status}.`);
    await record(tx, deps.author, { action: 'entry.exit', id });
    return entry;
  });
}

/** Takes out everybody who is in an archived journey, some at a time. */
export async function exitArchived(deps: EnqueueDeps, journeyId: number): Promise<void> {
  const note = 'The journey was archived.';
  let after: string | undefined = '';
  while (after !== undefined) {
    const from: string = after;
    after = await transact(deps, (tx) => exitRest(tx, journeyId, from, note));
  }
}
