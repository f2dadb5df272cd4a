import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './client';

/*
 * What is deleted by age, a few rows at a time: each statement commits by itself and waits for no lock. All of them
 * return how many rows are gone; fewer than `limit` means that, for now, there are no more.
 */

/** Deletes entries that ended more than `days` days ago, with their deliveries and attempts. */
export function deleteOldEntries(db: Database, days: number, limit: number): Promise<number> {
  return deleteSome(
    db,
    sql`entries`,
    sql`select id from entries where ended_at < ${ago(days)}
        order by ended_at limit ${limit} for update skip locked`,
  );
}

/** The same for deliveries that belong to no entry. */
export function deleteOldEventDeliveries(db: Database, days: number, limit: number): Promise<number> {
  return deleteSome(
    db,
    sql`deliveries`,
    sql`select id from deliveries where event_id is not null and ended_at < ${ago(days)}
        order by ended_at limit ${limit} for update skip locked`,
  );
}

/** The same for what the inbox recorded. */
export function deleteOldInboxRequests(db: Database, days: number, limit: number): Promise<number> {
  return deleteSome(
    db,
    sql`inbox_requests`,
    sql`select id from inbox_requests where received_at < ${ago(days)}
        order by id limit ${limit} for update skip locked`,
  );
}

async function deleteSome(db: Database, table: SQL, due: SQL): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
    with due as materialized (${due}),
    gone as (delete from ${table} using due where ${table}.id = due.id returning 1)
    select count(*) as count from gone`,
  );
  return row!.count;
}

function ago(days: number): SQL {
  return sql`now() - ${`${days} days`}::interval`;
}
