import { sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asJson, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { participantCreated, publishedDeliveries } from '../event-webhooks/publish';
import { claimKeySql, type IdempotentRequest } from '../idempotency';
import type { EventDeliveryItem } from '../outbox';
import { lockOrCreateUserSql } from '../users/lock';
import { acceptEntriesSql } from './insert';

export interface AcceptEntry {
  entryId: string;
  journeyId: number;
  identity: Identity;
  triggerData: Record<string, unknown>;
  idempotency?: IdempotentRequest;
}

/**
 * Accepts an entry in one statement: it locks the user's row, or inserts it, inserts and enqueues the entry, publishes
 * its events and claims the idempotency key. False when nothing was stored: the journey takes no entries, the idempotency
 * key is taken, or it takes more than one statement (`startEntryWithLimits`), because the journey has limits or some
 * journey starts for new users.
 */
export async function acceptEntry(db: EnqueuingDatabase, entry: AcceptEntry): Promise<boolean> {
  const { entryId, journeyId, triggerData, idempotency } = entry;
  const values = {
    id: sql`${entryId}`,
    journeyId: sql`requested.id`,
    version: sql`requested.published_version`,
    userId: sql`locked_user.id`,
    triggerData: asJson(triggerData),
  };
  const [row] = await rowsOf<{ version: number; items: EventDeliveryItem[] }>(
    db,
    sql`
    with journey as (
      select id, published_version from journeys where id = ${journeyId} and status = 'published'
        and lifetime_limit is null and simultaneous_limit is null and suppression_list_ids = '{}'
        and not exists (select 1 from journeys where status = 'published' and entry_key = 'newUser')
      for key share of journeys
    ),
    ${
      idempotency
        ? sql`
    claimed_key as (${claimKeySql(idempotency, { entryId }, sql`journey`)}),
    requested as (select journey.* from journey, claimed_key)`
        : sql`requested as (select * from journey)`
    },
    ${lockOrCreateUserSql(entry.identity)},
    ${acceptEntriesSql(values, sql`requested, locked_user`, {
      users: sql`locked_user users`,
      drafts: [participantCreated],
    })}
    select version, ${publishedDeliveries} as items from accepted`,
  );
  if (row === undefined) return false;
  db.enqueued.push({ entryId, journeyId, version: row.version }, ...row.items);
  return true;
}
