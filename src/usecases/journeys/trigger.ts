import { acceptEntry, type TriggeredEntry } from '../../db/entries/accept';
import { startEntryWithLimits, type Triggered } from '../../db/entries/trigger';
import { type EnqueueDeps, enqueuing } from '../../db/enqueue';
import { decidingNames, identityOf } from '../../db/users/names';

/**
 * Sends one user into a journey. Mostly one round trip, two if they are named twice: only if that stores nothing, entry
 * limits and journeys for new users are looked at. Undefined when the journey takes no entries.
 */
export async function triggerUser(deps: EnqueueDeps, entry: TriggeredEntry): Promise<Triggered | undefined> {
  const identity = identityOf(await decidingNames(deps.db, entry.identity));
  const accepted =
    identity !== undefined && (await enqueuing(deps, (db) => acceptEntry(db, { ...entry, identity })));
  return accepted ? { entryId: entry.entryId } : startEntryWithLimits(deps, entry);
}
