import { sql } from 'drizzle-orm';
import { asJson, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import { acceptEntriesSql, newEntryId } from './insert';

/** A test run to be accepted. The transaction has locked the rows of its journey and its user. */
export interface NewTestRun {
  userId: number;
  journeyId: number;
  version: number;
  triggerData: Record<string, unknown>;
}

/** Accepts a test run, whatever the journey's status and limits, and returns its entry's id. */
export async function insertTestRun(
  tx: EnqueuingDatabase,
  { userId, journeyId, version, triggerData }: NewTestRun,
): Promise<string> {
  const entryId = newEntryId();
  const values = {
    id: sql`${entryId}::text`,
    journeyId: sql`${journeyId}::int`,
    version: sql`${version}::int`,
    userId: sql`users.id`,
    triggerData: asJson(triggerData),
    test: sql`true`,
  };
  const user = sql`(select * from users where id = ${userId}) users`;
  const [row] = await rowsOf<{ items: EventDeliveryItem[] }>(
    tx,
    sql`with ${acceptEntriesSql(values, user, { users: user })} select ${publishedDeliveries} as items`,
  );
  tx.enqueued.push({ entryId, journeyId, version, test: true }, ...row!.items);
  return entryId;
}
