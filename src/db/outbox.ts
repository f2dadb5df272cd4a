import { type SQL, sql } from 'drizzle-orm';
import type { Reason } from '../domain/entry';
import { type Database, rowsOf } from './connection/client';

/** An accepted entry that has still to be handed to Temporal. */
export interface EntryItem {
  entryId: string;
  journeyId: number;
  version: number;
  /** Set where a job made it: what was asked for singly goes first. */
  ofJob?: true;
}

/** A delivery of an event that has still to be handed to Temporal. */
export interface EventDeliveryItem {
  deliveryId: string;
  /** As of an entry. */
  ofJob?: true;
}

export type OutboxItem = EntryItem | EventDeliveryItem;

/** What names it in the outbox, and its workflow in Temporal. */
export function refOf(item: OutboxItem): string {
  return 'entryId' in item ? item.entryId : item.deliveryId;
}

/** While a process hands over what it took, nobody else is offered it. */
const TAKE_MS = 30_000;

interface DueRow {
  kind: 'entry' | 'event';
  ref: string;
  jobId: string | null;
  journeyId: number;
  version: number;
}

/**
 * Takes up to `limit` rows whose hand-over is due: those of a process that died, of an outage, or offered by nobody.
 * What jobs made comes last.
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

/** A workflow whose entry was closed here, and who has to be told why. */
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

/** SQL that takes up to `limit` rows of these kinds, the longest due first, and after all others what jobs made. */
function takeDueSql(kinds: ('entry' | 'event' | 'exit')[], limit: number): SQL {
  return sql`
    due as (
      select kind, ref from outbox where next_at <= now() and kind in ${kinds}
      order by job_id is not null, next_at limit ${limit} for update skip locked
    ),
    taken as (
      update outbox set next_at = now() + ${`${TAKE_MS} milliseconds`}::interval
      from due where outbox.kind = due.kind and outbox.ref = due.ref
      returning outbox.kind, outbox.ref, outbox.job_id
    )`;
}

/** Forgets what Temporal has. */
export async function removeDispatched(db: Database, refs: string[]): Promise<void> {
  await db.execute(
    sql`delete from outbox where kind in ('entry', 'event') and ref = any(${sql.param(refs)}::text[])`,
  );
}
