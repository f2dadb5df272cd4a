import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { claimKey, KeyTaken } from '../idempotency';
import type { AcceptEntry } from './accept';
import { refOf, type OutboxItem } from '../outbox';
import { type EntryLimit, type JourneyWithLimits, ENTRY_LIMIT_COLUMNS, entryLimitsOf } from './entry-limits';
import { insertEntries, startForNewUser } from './start';
import { lockOrCreateUser } from '../users/lock';

/** What a trigger came to, and the entries that it began: more than one where a new user begins others. */
export interface Triggered {
  answer: { entryId: string } | { skipped: EntryLimit };
  items: OutboxItem[];
}

/**
 * Accepts an entry like `acceptEntry`, where limits or journeys for new users ask for more than one statement. The
 * user's row is held, so that limits are exact. Undefined when nothing was stored, because the journey takes no
 * entries or because the idempotency key is taken.
 */
export async function startEntryWithLimits(db: Database, entry: AcceptEntry): Promise<Triggered | undefined> {
  const { journeyId, identity, triggerData } = entry;
  try {
    return await db.transaction(async (tx) => {
      const [journey] = await rowsOf<JourneyWithLimits & { version: number }>(
        tx,
        sql`
        select id, published_version as version, ${ENTRY_LIMIT_COLUMNS} from journeys
        where id = ${journeyId} and status = 'published' for key share`,
      );
      if (journey === undefined) return undefined;
      const { user, created } = await lockOrCreateUser(tx, identity);
      const begun = created ? await startForNewUser(tx, user) : [];
      const skipped = (await entryLimitsOf(tx, [user.id], [journey]))(user.id, journeyId);
      const { version } = journey;
      const entered = skipped
        ? []
        : await insertEntries(tx, [{ userId: user.id, journeyId, version }], triggerData);
      const answer = skipped ? { skipped } : { entryId: refOf(entered[0]!) };
      if (entry.idempotency) await claimKey(tx, entry.idempotency, answer);
      return { answer, items: [...entered, ...begun] };
    });
  } catch (error) {
    if (error instanceof KeyTaken) return undefined;
    throw error;
  }
}
