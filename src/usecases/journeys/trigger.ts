import { acceptOnce } from '../accept-once';
import { type AcceptEntry, acceptEntry } from '../../db/entries/accept';
import { startEntryWithLimits, type Triggered } from '../../db/entries/trigger';
import { type EnqueueDeps, enqueuing } from '../../db/enqueue';

/**
 * Sends one user into a journey. Mostly one round trip: only if that stores nothing, entry limits and journeys for new
 * users are looked at. Undefined when the journey takes no entries. Throws `ExternalKeyConflict` for an idempotency key
 * that came with another body.
 */
export function triggerUser(
  deps: EnqueueDeps,
  entry: AcceptEntry,
): Promise<Triggered | Record<string, unknown> | undefined> {
  return acceptOnce<Triggered>(deps.db, entry.idempotency, async () => {
    const accepted = await enqueuing(deps, (db) => acceptEntry(db, entry));
    return accepted ? { entryId: entry.entryId } : startEntryWithLimits(deps, entry);
  });
}
