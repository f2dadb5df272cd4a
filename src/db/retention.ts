import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './connection/client';
import { ADD_TO_PAST, PAST_COLUMNS } from './entries/past';

/*
 * What is deleted by age, a few rows at a time: each statement commits on its own and waits for no lock. All of them
 * return how many rows they deleted; fewer than `limit` means that, for now, there are no more.
 */

/**
 * Deletes entries that ended more than `days` days ago, with their deliveries and attempts. How many entries a user
 * had in a journey, and when the last one began and ended, stays known by key, for limits that hold for ever.
 */
export async function deleteOldEntries(db: Database, days: number, limit: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
    with due as materialized (
      select id from entries where ended_at < ${ago(days)}
      order by ended_at limit ${limit} for update skip locked
    ),
    gone as (delete from entries using due where entries.id = due.id returning entries.*),
    counted as (
      insert into past_entries as known (${PAST_COLUMNS})
      select user_id, journey_id, reentry_key, count(*), max(accepted_at),
        max(ended_at) filter (where reason is distinct from 'superseded')
      from gone where user_id is not null and not test group by user_id, journey_id, reentry_key
      ${ADD_TO_PAST}
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

/** The same for the users whom journeys refused, by the last time. */
export async function deleteOldEntryRefusals(db: Database, days: number, limit: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
    with due as materialized (
      select refused.* from journeys cross join lateral (
        select user_id, journey_id, reason from entry_refusals
        where journey_id = journeys.id and at < ${ago(days)} order by at limit ${limit} for update skip locked
      ) refused
      limit ${limit}
    ),
    gone as (
      delete from entry_refusals refused using due
      where refused.user_id = due.user_id and refused.journey_id = due.journey_id and refused.reason = due.reason
      returning 1
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

/** The same for the audit log. */
export function deleteOldAuditRows(db: Database, days: number, limit: number): Promise<number> {
  return deleteSome(
    db,
    sql`audit_log`,
    sql`select id from audit_log where at < ${ago(days)} order by id limit ${limit} for update skip locked`,
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
