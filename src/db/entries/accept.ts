import { sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { writeJson } from '../../domain/lossless-json';
import { prepared } from '../connection/prepared';
import { sharedInTurn } from '../connection/queued-lock';
import type { EnqueuingDatabase } from '../enqueue';
import { participantCreated, publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import { lockOrCreateUserSql, type Names } from '../users/lock';
import { IS_LIMITED } from './entry-limits';
import { acceptEntriesSql } from './insert';

export interface TriggeredEntry {
  entryId: string;
  journeyId: number;
  /** Who it is for, by one identifier or both. */
  identity: Names;
  triggerData: Record<string, unknown>;
}

export interface AcceptEntry extends TriggeredEntry {
  identity: Identity;
}

const value = (name: string) => sql.placeholder(name);

const acceptSql = (identifier: keyof Identity) =>
  prepared<
    { version: number; items: EventDeliveryItem[] },
    { entryId: string; journeyId: number; name: string; triggerData: string }
  >(sql`
    with journey as (
      select id, published_version, exit_keys
      from ${sharedInTurn('journeys', sql`select ${value('journeyId')}::int`)} shared join journeys using (id)
      where status = 'published' and not ${IS_LIMITED} and not conditional
        and not exists (select 1 from journeys where status = 'published' and entry_key = 'newUser')
      for share of journeys
    ),
    requested as (select * from journey),
    ${lockOrCreateUserSql({ [identifier]: value('name') }, { watches: sql`requested.exit_keys` })},
    ${acceptEntriesSql(
      {
        id: sql`${value('entryId')}::text`,
        journeyId: sql`requested.id`,
        version: sql`requested.published_version`,
        userId: sql`locked_user.id`,
        triggerData: sql`${value('triggerData')}::json`,
      },
      sql`requested, locked_user`,
      { users: sql`locked_user users`, drafts: [participantCreated] },
    )}
    select version, ${publishedDeliveries} as items from accepted`);

const acceptFor = { email: acceptSql('email'), userId: acceptSql('userId') };

/**
 * Accepts an entry in one statement: it locks the user's row, or inserts it, inserts and enqueues the entry, publishes
 * its events. False when nothing was stored: the journey takes no entries, or it takes more than one statement
 * (`startEntryWithLimits`), because the journey has limits or a condition, or some journey starts for new users.
 */
export async function acceptEntry(db: EnqueuingDatabase, entry: AcceptEntry): Promise<boolean> {
  const { entryId, journeyId, identity } = entry;
  const named =
    identity.email === undefined
      ? { accept: acceptFor.userId, name: identity.userId }
      : { accept: acceptFor.email, name: identity.email };
  const triggerData = writeJson(entry.triggerData);
  const [row] = await named.accept(db, { entryId, journeyId, name: named.name, triggerData });
  if (row === undefined) return false;
  db.enqueued.push({ entryId, journeyId, version: row.version }, ...row.items);
  return true;
}
