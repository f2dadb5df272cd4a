import { sql } from 'drizzle-orm';
import { rowsOf } from '../connection/client';
import { claimKey, KeyTaken } from '../idempotency';
import type { AcceptEntry } from './accept';
import { type EnqueueDeps, transact } from '../enqueue';
import { type EntryLimit, type JourneyWithLimits, ENTRY_LIMIT_COLUMNS, entryLimitsOf } from './entry-limits';
import { insertEntries, startForNewUser } from './start';
import { lockOrCreateUser } from '../users/lock';

/** The entry of a trigger, or the limit that keeps the user out. */
export type Triggered = { entryId: string } | { skipped: EntryLimit };

/**
 * Accepts an entry like `acceptEntry`, where limits or journeys for new users need more than one statement. The user's
 * row is locked, so that limits are exact. Undefined when nothing was stored, because the journey takes no entries or
 * because the idempotency key is taken.
 */
export async function startEntryWithLimits(
  deps: EnqueueDeps,
  entry: AcceptEntry,
): Promise<Triggered | undefined> {
  const { journeyId, identity, triggerData } = entry;
  try {
    return await transact(deps, async (tx) => {
      const [journey] = await rowsOf<JourneyWithLimits & { version: number }>(
        tx,
        sql`
        select id, published_version as version, ${ENTRY_LIMIT_COLUMNS} from journeys
        where id = ${journeyId} and status = 'published' for key share`,
      );
      if (journey === undefined) return undefined;
      const { user, created } = await lockOrCreateUser(tx, identity);
      if (created) await startForNewUser(tx, user);
      const skipped = (await entryLimitsOf(tx, [user.id], [journey]))(user.id, journeyId);
      const { version } = journey;
      const [entryId] = skipped
        ? []
        : await insertEntries(tx, [{ userId: user.id, journeyId, version }], triggerData);
      const triggered = skipped ? { skipped } : { entryId: entryId! };
      if (entry.idempotency) await claimKey(tx, entry.idempotency, triggered);
      return triggered;
    });
  } catch (error) {
    if (error instanceof KeyTaken) return undefined;
    throw error;
  }
}
