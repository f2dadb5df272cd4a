import { sql } from 'drizzle-orm';
import { asJson, type Database, rowsOf } from '../connection/client';
import type { JobAbout } from '../../domain/job';
import { newId } from '../connection/ids';
import type { EnqueuingDatabase } from '../enqueue';
import { enqueueSql, outboxKeyOf } from '../outbox';

/** A new job's id. */
export function newJobId(): string {
  return newId('job');
}

export interface NewJob {
  id: string;
  kind: string;
  /** Of a kind and subject one job is open at a time; left out, any number. */
  subject?: string;
  about?: JobAbout;
  /** What its pages need to know; forgotten when it ends. */
  parameters: Record<string, unknown>;
  /** How much there is to do, where that is known. */
  total?: number;
}

/**
 * Inserts a job whose first page is due at once. False when nothing was stored: the id is taken, or a job of this kind
 * and subject is open (`findOpenJob`). Exact under calls at the same time: a second one waits for the first's commit.
 */
export async function insertJob(db: Database, job: NewJob): Promise<boolean> {
  const { id, kind, subject = null, about = {}, parameters, total = null } = job;
  const inserted = await rowsOf(
    db,
    sql`
    with inserted as (
      insert into jobs (id, kind, subject, about, parameters, total)
      values (${id}, ${kind}, ${subject}::text, ${asJson(about)}, ${asJson(parameters)}, ${total}::bigint)
      on conflict do nothing returning id
    )
    ${enqueueSql('job', sql`inserted`, 'anyProcess')} returning 1`,
  );
  return inserted.length > 0;
}

/** The id of the open job of a kind and subject. */
export async function findOpenJob(db: Database, kind: string, subject: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`select id from jobs where kind = ${kind} and subject = ${subject} and ended_at is null`,
  );
  return row?.id;
}

/** Whether there is, or was, a job of this id. */
export async function hasJob(db: Database, id: string): Promise<boolean> {
  return (await rowsOf(db, sql`select 1 from jobs where id = ${id}`)).length > 0;
}

/** A job whose rows the transaction has locked: no other process does a page of it meanwhile. */
export interface LockedJob {
  id: string;
  kind: string;
  parameters: Record<string, unknown>;
  /** Null before the first page. */
  cursor: unknown;
  refusedCount: number;
  /** How many of its rows are still in the outbox; none of a job that does not wait for them. */
  waiting: number;
  /** Until its next page is due. */
  dueInMs: number;
}

/** Kinds of jobs that stop something: what they enqueue comes after everything else, and they do not wait for it. */
const UNPACED = ['exit'];

/**
 * Locks the open job of these kinds that is due first; jobs with `mostWaiting` rows or more come last. Undefined when
 * there is none that is not locked by another transaction.
 */
export async function lockNextJob(
  tx: Database,
  kinds: string[],
  mostWaiting: number,
): Promise<LockedJob | undefined> {
  const [row] = await rowsOf<LockedJob>(
    tx,
    sql`
    select id, jobs.kind, parameters, cursor, refused_count as "refusedCount", waiting::int,
      greatest(0, extract(epoch from next_at - now()) * 1000)::float8 as "dueInMs"
    from outbox due join jobs on jobs.id = due.ref
    cross join lateral (
      select count(*) as waiting from outbox items where items.job_id = jobs.id and jobs.kind <> all(${sql.param(UNPACED)}::text[])
    ) items
    where due.kind = 'job' and jobs.kind = any(${sql.param(kinds)}::text[])
    order by waiting >= ${mostWaiting}::int, next_at limit 1 for update of due, jobs skip locked`,
  );
  return row;
}

/** Makes the next page of a job due after some time. */
export async function postponeJob(db: Database, id: string, ms: number): Promise<void> {
  await db.execute(sql`
    update outbox set next_at = now() + ${`${ms} milliseconds`}::interval where kind = 'job' and ref = ${id}`);
}

/** What a job refused, and why: a user, or what `ref` names, such as a line. */
export type Refusal = { reason: string } & ({ userId: number } | { ref: string });

/** The result of a page. */
export interface PageResult {
  /** Where the next page starts. */
  cursor: unknown;
  /** How many users or rows it has gone through, those refused among them. */
  done: number;
  refused: Refusal[];
  /** Whether it was the last. */
  ended: boolean;
}

/** Records a page in the transaction that did its work: the job is due again, or ends. */
export async function advanceJob(tx: EnqueuingDatabase, job: LockedJob, page: PageResult): Promise<void> {
  const { cursor, done, refused, ended } = page;
  if (refused.length > 0) await insertRefusals(tx, job, refused);
  if (tx.enqueued.length > 0) {
    const keys = tx.enqueued.map(outboxKeyOf);
    await tx.execute(sql`
      update outbox set job_id = ${job.id}
      from unnest(
        ${sql.param(keys.map(({ kind }) => kind))}::text[], ${sql.param(keys.map(({ ref }) => ref))}::text[]
      ) as made (kind, ref)
      where outbox.kind = made.kind and outbox.ref = made.ref`);
  }
  await tx.execute(sql`
    update jobs set cursor = ${asJson(cursor)}, done = done + ${done}::int,
      refused_count = refused_count + ${refused.length}::int, failures = 0, state = 'running',
      started_at = coalesce(started_at, now())
    where id = ${job.id}`);
  await (ended ? endJob(tx, job.id) : postponeJob(tx, job.id, 0));
}

/** The most that are stored of a job; a file of nothing but bad rows has more, which are only counted. */
const MOST_REFUSALS = 100_000;

async function insertRefusals(tx: Database, job: LockedJob, refused: Refusal[]): Promise<void> {
  const stored = refused.slice(0, Math.max(0, MOST_REFUSALS - job.refusedCount));
  if (stored.length === 0) return;
  const rows = stored.map((refusal, index) => ({ ...refusal, ordinal: job.refusedCount + index + 1 }));
  await tx.execute(sql`
    insert into job_refusals (job_id, ordinal, user_id, ref, reason)
    select ${job.id}, ordinal, "userId", ref, reason
    from json_to_recordset(${asJson(rows)}) as (ordinal bigint, "userId" bigint, ref text, reason text)`);
}

/** Ends a job whose rows the transaction has locked: completed, or failed for a reason in words. */
export async function endJob(tx: Database, id: string, failure?: string): Promise<void> {
  await tx.execute(sql`
    with gone as (delete from outbox where kind = 'job' and ref = ${id})
    update jobs set state = ${failure === undefined ? 'completed' : 'failed'}, reason = ${failure ?? null}::text,
      parameters = '{}', started_at = coalesce(started_at, now()), ended_at = now()
    where id = ${id}`);
}

/**
 * Counts a failed page, which is retried after a pause that doubles each time; after `most` consecutive failures the job
 * fails for this reason. Returns how many there were.
 */
export function countFailure(db: Database, id: string, most: number, reason: string): Promise<number> {
  return db.transaction(async (tx) => {
    const [row] = await rowsOf<{ failures: number }>(
      tx,
      sql`update jobs set failures = failures + 1 where id = ${id} and ended_at is null returning failures`,
    );
    // Another process has ended it meanwhile.
    if (row === undefined) return 0;
    if (row.failures >= most) await endJob(tx, id, reason);
    else await postponeJob(tx, id, 2 ** row.failures * 1_000);
    return row.failures;
  });
}
