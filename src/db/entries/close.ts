import { type SQL, sql } from 'drizzle-orm';
import type { EntryEnd, EntryStatus, Reason } from '../../domain/entry';
import { asTime, type Database, rowsOf } from '../connection/client';
import type { Slot, Slots } from '../connection/prepared';
import type { EnqueuingDatabase } from '../enqueue';
import { type Claimant, IS_OPEN, mayAct } from './entries';
import { insertStepsSql, type Step } from './steps/steps';
import type { EventDeliveryItem } from '../outbox';
import {
  publishedDeliveries,
  deliveryFailedEvent,
  entryEvent,
  type EventDraft,
  publish,
} from '../event-webhooks/publish';

/** Names the entry that is closed, its workflow, and its run; null for an entry that no run has claimed. */
export interface Closer {
  entryId: string;
  workflowId: string;
  firstRunId: string | null;
}

/**
 * SQL that closes the entry if it is open, and owned by this run or by none; with null, only if it is owned by none. Its
 * live data and events are deleted. `tileId` is the tile that it ends at, where no other statement has recorded that.
 */
export function closeEntrySql(
  closer: Slots<Closer>,
  end: EntryEnd,
  at: Slot<number>,
  { tileId, ifTrue = sql`true` }: { tileId?: string; ifTrue?: SQL } = {},
): SQL {
  const { entryId, firstRunId } = closer;
  const { reason, detail = null } = end.status === 'completed' ? { ...end, reason: null } : end;
  return sql`
    update entries set
      ${tileId === undefined ? undefined : sql`tile_id = ${tileId},`}
      first_run_id = ${firstRunId}::text, status = ${end.status}, reason = ${reason}::text, detail = ${detail}::text,
      live_data = null, events = null, started_at = coalesce(started_at, ${asTime(at)}), ended_at = ${asTime(at)}
    where id = ${entryId} and ${IS_OPEN} and ${mayAct(closer)} and ${ifTrue}
    returning *`;
}

/** The event of an entry that the query `ended` of a statement closes. */
export function entryEndedEvent({ status }: EntryEnd, ended: SQL, at: Slot<number>): EventDraft {
  const type = status === 'completed' ? 'journey.completed' : 'journey.exited';
  return entryEvent(type, ended, sql`${ended} left join users on users.id = ${ended}.user_id`, asTime(at));
}

function exitStepOf({ tileId, visit }: ExitVisit, at: number): Step {
  return { tileId, visit, at, left: { at, way: 'exit', why: null, nextTile: null } };
}

/** The end of a delivery whose activity somebody completed in Temporal. */
export const COMPLETED_BY_HAND = { reason: 'operator', detail: 'Completed by hand in Temporal.' } as const;

/** The visit of an exit tile at which an entry ends. */
export interface ExitVisit {
  tileId: string;
  visit: number;
}

/**
 * Closes an entry and its pending delivery, and publishes both; records the visit of the exit tile that it ends at. False
 * when it did not: a closed entry stays as it is, and so does another run's.
 */
export async function closeEntry(
  db: EnqueuingDatabase,
  owner: Closer,
  end: EntryEnd,
  at: number,
  exit?: ExitVisit,
): Promise<boolean> {
  // Before the end of a journey a delivery is pending only if its activity was completed by hand.
  const { reason, detail } = end.status === 'completed' ? COMPLETED_BY_HAND : end;
  const [row] = await rowsOf<{ closed: boolean; items: EventDeliveryItem[] }>(
    db,
    sql`
    with closed as (${closeEntrySql(owner, end, at, exit)}),
    ${exit && sql`exit as (${insertStepsSql(sql`closed`, [exitStepOf(exit, at)])}),`}
    pending as (
      update deliveries set
        status = 'failed', reason = ${reason}::text, detail = ${detail}::text, ended_at = ${asTime(at)}
      from closed where deliveries.entry_id = closed.id and deliveries.status = 'pending'
      returning deliveries.*
    ),
    ${publish([entryEndedEvent(end, sql`closed`, at), deliveryFailedEvent(sql`pending`, at)])}
    select exists (select 1 from closed) as closed, ${publishedDeliveries} as items`,
  );
  db.enqueued.push(...row!.items);
  return row!.closed;
}

/**
 * How the entry of a workflow ended, also before any run had claimed it; undefined when it is open, or another run owns
 * it. What an operator wrote, or named an exit rule, stays out of Temporal's history.
 */
export async function endOfEntry(db: Database, claimant: Claimant): Promise<EntryEnd | undefined> {
  const [row] = await rowsOf<{ status: EntryStatus; reason: Reason | null; detail: string | null }>(
    db,
    sql`select status, reason,
          case when status = 'exited' and reason <> 'exit_rule' then detail end as detail from entries
        where id = ${claimant.entryId} and ${mayAct(claimant)} and ended_at is not null`,
  );
  if (!row) return undefined;
  return row.status === 'completed'
    ? { status: 'completed' }
    : {
        status: row.status as 'exited' | 'cancelled',
        reason: row.reason ?? 'operator',
        detail: row.detail ?? '',
      };
}

/** Why a workflow has nothing to do for an entry: it has ended, or another run owns it. */
export type Closed = { kind: 'ended'; end: EntryEnd } | { kind: 'superseded' };

export async function closedOutcome(db: Database, claimant: Claimant): Promise<Closed> {
  const end = await endOfEntry(db, claimant);
  return end ? { kind: 'ended', end } : { kind: 'superseded' };
}

/** An open entry, and who may close it. */
export interface OpenEntry {
  entryId: string;
  workflowId: string;
  firstRunId: string;
}

/** Open entries that a run has claimed, in the order of their ids: those after `after`. */
export function claimedEntries(db: Database, after: string, limit: number): Promise<OpenEntry[]> {
  return rowsOf(
    db,
    sql`select id as "entryId", workflow_id as "workflowId", first_run_id as "firstRunId" from entries
        where ended_at is null and first_run_id is not null and id > ${after} order by id limit ${limit}`,
  );
}

/** Those of these workflows' entries that are open. */
export async function openEntriesOf(
  db: Database,
  workflowIds: string[],
): Promise<{ entryId: string; workflowId: string; firstRunId: string | null }[]> {
  return rowsOf(
    db,
    sql`select id as "entryId", workflow_id as "workflowId", first_run_id as "firstRunId" from entries
        where workflow_id = any(${sql.param(workflowIds)}::text[]) and ended_at is null`,
  );
}
