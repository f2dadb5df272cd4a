import { type SQL, sql } from 'drizzle-orm';
import type { Reason } from '../domain/entry';
import { type Database, rowsOf } from './connection/client';

/** An accepted entry whose workflow is still to be started. */
export interface EntryItem {
  entryId: string;
  journeyId: number;
  version: number;
  /** Set where a job enqueued it: what single requests enqueue is dispatched first. */
  ofJob?: true;
}

/** A delivery of an event whose workflow is still to be started. */
export interface EventDeliveryItem {
  deliveryId: string;
  /** As of an entry. */
  ofJob?: true;
}

export type OutboxItem = EntryItem | EventDeliveryItem;

/** Its id in the outbox, which is also its workflow's id. */
export function refOf(item: OutboxItem): string {
  return 'entryId' in item ? item.entryId : item.deliveryId;
}

/** How long a process has a row to itself, once it enqueued or took it, before another may dispatch it. */
const HAND_OVER_MS = 30_000;

/**
 * Who dispatches what is enqueued: the process that enqueues it, from memory, so that nobody has to read it again; or
 * whichever process sweeps the outbox next.
 */
export type DispatchedBy = 'thisProcess' | 'anyProcess';

/** SQL that puts each row of `from` into the outbox, by its id. */
export function enqueueSql(kind: OutboxKind, from: SQL, by: DispatchedBy): SQL {
  const ms = by === 'thisProcess' ? HAND_OVER_MS : 0;
  return sql`
      insert into outbox (kind, ref, next_at)
      select ${sql.raw(`'${kind}'`)}, id, now() + ${`${ms} milliseconds`}::interval from ${from}`;
}

type OutboxKind = 'entry' | 'event' | 'exit' | 'job';

interface DueRow {
  kind: 'entry' | 'event';
  ref: string;
  jobId: string | null;
  journeyId: number;
  version: number;
}

/**
 * Takes up to `limit` rows that are due: of a process that died, of an outage, or enqueued for any process. What jobs
 * enqueued comes last.
 */
export async function takeDue(db: Database, limit: number): Promise<OutboxItem[]> {
  const rows = await rowsOf<DueRow>(
    db,
    sql`
    with ${takeDueSql(['entry', 'event'], limit)}
    select kind, ref, job_id as "jobId", journey_id as "journeyId", version
    from taken left join entries on id = ref
    where kind = 'event' or id is not null
    order by job_id is not null`,
  );
  return rows.map(({ kind, ref, jobId, ...entry }) => ({
    ...(kind === 'entry' ? { entryId: ref, ...entry } : { deliveryId: ref }),
    ...(jobId !== null && { ofJob: true as const }),
  }));
}

/** A workflow whose entry was closed in the database, and which is still to be signalled the reason. */
export interface DueExit {
  entryId: string;
  workflowId: string;
  firstRunId: string | null;
  reason: Reason;
}

/** Takes up to `limit` exits that are due. */
export async function takeDueExits(db: Database, limit: number): Promise<DueExit[]> {
  return rowsOf<DueExit>(
    db,
    sql`
    with ${takeDueSql(['exit'], limit)}
    select id as "entryId", workflow_id as "workflowId", first_run_id as "firstRunId", reason
    from entries, taken where id = taken.ref`,
  );
}

export async function removeExit(db: Database, entryId: string): Promise<void> {
  await db.execute(sql`delete from outbox where kind = 'exit' and ref = ${entryId}`);
}

/** SQL that takes up to `limit` rows of these kinds, the longest due first, but what jobs enqueued last. */
function takeDueSql(kinds: OutboxKind[], limit: number): SQL {
  return sql`
    due as (
      select kind, ref from outbox where next_at <= now() and kind in ${kinds}
      order by job_id is not null, next_at limit ${limit} for update skip locked
    ),
    taken as (
      update outbox set next_at = now() + ${`${HAND_OVER_MS} milliseconds`}::interval
      from due where outbox.kind = due.kind and outbox.ref = due.ref
      returning outbox.kind, outbox.ref, outbox.job_id
    )`;
}

/** Removes what Temporal has accepted. */
export async function removeDispatched(db: Database, refs: string[]): Promise<void> {
  await db.execute(
    sql`delete from outbox where kind in ('entry', 'event') and ref = any(${sql.param(refs)}::text[])`,
  );
}
