import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './connection/client';

/*
 * What is deleted by age, a few rows at a time: each statement commits on its own and waits for no lock. All of them
 * return how many rows they deleted; fewer than `limit` means that, for now, there are no more.
 */

/**
 * Deletes entries that ended more than `days` days ago, with their deliveries and attempts. How many entries a user
 * had in a journey stays known, for limits that hold for ever.
 */
export async function deleteOldEntries(db: Database, days: number, limit: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
    with due as materialized (
      select id from entries where ended_at < ${ago(days)}
      order by ended_at limit ${limit} for update skip locked
    ),
    gone as (delete from entries using due where entries.id = due.id returning user_id, journey_id),
    counted as (
      insert into past_entries as known (user_id, journey_id, count)
      select user_id, journey_id, count(*) from gone where user_id is not null group by user_id, journey_id
      on conflict (user_id, journey_id) do update set count = known.count + excluded.count
    )
    select count(*) as count from gone`,
  );
  return row!.count;
}

/** The same for published events: an event is deleted with its deliveries, once all of them are that old. */
export function deleteOldPublishedEvents(db: Database, days: number, limit: number): Promise<number> {
  return deleteSome(
    db,
    sql`published_events`,
    sql`select id from published_events where created_at < ${ago(days)} and not exists (
          select 1 from deliveries
          where event_id = published_events.id and (ended_at is null or ended_at >= ${ago(days)}))
        order by created_at limit ${limit} for update skip locked`,
  );
}

/** The same for what jobs refused. Of one job there may be any number, so they do not go with it. */
export async function deleteOldRefusals(db: Database, days: number, limit: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
    with due as materialized (
      select job_id, ordinal from job_refusals join jobs on jobs.id = job_id
      where ended_at < ${ago(days)} limit ${limit} for update of job_refusals skip locked
    ),
    gone as (
      delete from job_refusals using due
      where job_refusals.job_id = due.job_id and job_refusals.ordinal = due.ordinal returning 1
    )
    select count(*) as count from gone`,
  );
  return row!.count;
}

/** The same for jobs of which no refusal is left. */
export function deleteOldJobs(db: Database, days: number, limit: number): Promise<number> {
  return deleteSome(
    db,
    sql`jobs`,
    sql`select id from jobs where ended_at < ${ago(days)}
          and not exists (select 1 from job_refusals where job_id = jobs.id)
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
