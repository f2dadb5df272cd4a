import { type SQL, sql } from 'drizzle-orm';
import type { Reason } from '../domain/entry';
import { CALLBACK_ARMS } from '../domain/webhooks/callback';
import { type Database, rowsOf } from './connection/client';
import type { OutboxKind } from './schema';

interface Item {
  /** Set where a job enqueued it: what single requests enqueue is dispatched first. */
  ofJob?: true;
}

/** An accepted entry whose workflow is still to be started. */
export interface EntryItem extends Item {
  entryId: string;
  journeyId: number;
  version: number;
  /** Set for a test run. */
  test?: true;
}

/** A delivery of an event whose workflow is still to be started. */
export interface EventDeliveryItem extends Item {
  deliveryId: string;
}

/** A wait that ended in the database, and whose workflow is still to be signalled. */
export interface WakeItem extends Item {
  waitId: string;
  workflowId: string;
  /** The position of the arm that ended it, from 1. */
  arm: number;
}

/** An entry that was closed in the database, and whose workflow is still to be signalled. */
export interface ExitItem extends Item {
  exitOf: string;
  workflowId: string;
  firstRunId: string | null;
  reason: Reason;
}

export type OutboxItem = EntryItem | EventDeliveryItem | WakeItem | ExitItem;

/** A row of the outbox, by its key. */
export interface OutboxKey {
  kind: OutboxKind;
  ref: string;
}

export function outboxKeyOf(item: OutboxItem): OutboxKey {
  if ('entryId' in item) return { kind: 'entry', ref: item.entryId };
  if ('deliveryId' in item) return { kind: 'event', ref: item.deliveryId };
  if ('waitId' in item) return { kind: 'wake', ref: item.waitId };
  return { kind: 'exit', ref: item.exitOf };
}

/** How long a process has a row to itself, once it enqueued or took it, before another may dispatch it. */
const HAND_OVER_MS = 10_000;

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

/** Kinds of rows that the dispatcher hands to Temporal. */
const DISPATCHED: DueRow['kind'][] = ['entry', 'event', 'wake', 'exit'];

interface DueRow {
  kind: Exclude<OutboxKind, 'job'>;
  ref: string;
  jobId: string | null;
  journeyId: number | null;
  version: number | null;
  test: boolean | null;
  workflowId: string | null;
  firstRunId: string | null;
  reason: Reason | null;
  arm: number | null;
}

/**
 * Takes up to `limit` rows that are due: of a process that died, of an outage, or enqueued for any process. What jobs
 * enqueued comes last.
 */
export async function takeDue(db: Database, limit: number): Promise<OutboxItem[]> {
  const rows = await rowsOf<DueRow>(
    db,
    sql`
    with due as (
      select kind, ref from outbox where next_at <= now() and kind in ${DISPATCHED}
      order by job_id is not null, next_at limit ${limit} for update skip locked
    ),
    taken as (
      update outbox set next_at = now() + ${`${HAND_OVER_MS} milliseconds`}::interval
      from due where outbox.kind = due.kind and outbox.ref = due.ref
      returning outbox.kind, outbox.ref, outbox.job_id
    )
    select taken.kind, ref, job_id as "jobId", journey_id as "journeyId", version, test,
      workflow_id as "workflowId", first_run_id as "firstRunId", reason,
      coalesce(arm, array_position(${sql.param(CALLBACK_ARMS)}::text[], callbacks.status)) as arm
    from taken left join waits on taken.kind = 'wake' and waits.id = ref
    left join callbacks on taken.kind = 'wake' and callbacks.id = ref
    left join entries on entries.id = coalesce(waits.entry_id, callbacks.entry_id, ref)
    where taken.kind = 'event' or entries.id is not null
    order by job_id is not null`,
  );
  return rows.map((row) => ({ ...itemOf(row), ...(row.jobId !== null && { ofJob: true as const }) }));
}

function itemOf({ kind, ref, ...row }: DueRow): OutboxItem {
  const workflowId = row.workflowId!;
  switch (kind) {
    case 'event':
      return { deliveryId: ref };
    case 'wake':
      return { waitId: ref, workflowId, arm: row.arm! };
    case 'exit':
      return { exitOf: ref, workflowId, firstRunId: row.firstRunId, reason: row.reason! };
    case 'entry': {
      const entry = { entryId: ref, journeyId: row.journeyId!, version: row.version! };
      return row.test ? { ...entry, test: true } : entry;
    }
  }
}

/** Removes what Temporal has accepted. */
export async function removeDispatched(db: Database, keys: OutboxKey[]): Promise<void> {
  await db.execute(sql`
    delete from outbox using unnest(
      ${sql.param(keys.map(({ kind }) => kind))}::text[], ${sql.param(keys.map(({ ref }) => ref))}::text[]
    ) as gone (kind, ref)
    where outbox.kind = gone.kind and outbox.ref = gone.ref`);
}
