import { type AcceptEntry, acceptEntry } from '../db/entries/accept';
import { startEntryWithLimits, type Triggered } from '../db/entries/trigger';
import { type EnqueueDeps, enqueuing } from '../db/enqueue';

/**
 * Sends one user into a journey. Mostly one round trip: only if that stores nothing, entry limits and journeys for new
 * users are looked at. Undefined when nothing was stored: the journey takes no entries, or the idempotency key is taken.
 */
export async function triggerUser(deps: EnqueueDeps, entry: AcceptEntry): Promise<Triggered | undefined> {
  const accepted = await enqueuing(deps, (db) => acceptEntry(db, entry));
  return accepted ? { entryId: entry.entryId } : startEntryWithLimits(deps, entry);
}
