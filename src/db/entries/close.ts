import { type SQL, sql } from 'drizzle-orm';
import type { EntryEnd, EntryStatus, Reason } from '../../domain/entry';
import { asTime, type Database, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import type { Owner } from './entries';
import type { EventDeliveryItem } from '../outbox';
import {
  publishedDeliveries,
  deliveryFailedEvent,
  entryEvent,
  type EventDraft,
  publish,
} from '../event-webhooks/publish';

/** Names the entry that is closed, and its run; null for an entry that no run has claimed. */
export interface Closer {
  entryId: string;
  firstRunId: string | null;
}

/**
 * SQL that closes the entry if it is open, and owned by this run or by none; with null, only if it is owned by none. Its
 * live data is deleted.
 */
export function closeEntrySql({ entryId, firstRunId }: Closer, end: EntryEnd, at: number): SQL {
  const { reason, detail } = end.status === 'completed' ? { reason: null, detail: null } : end;
  return sql`
    update entries set
      first_run_id = ${firstRunId}::text, status = ${end.status}, reason = ${reason}::text, detail = ${end.status === 'cancelled' ? sql`coalesce(exit_note, ${detail})` : sql`${detail}::text`},
      live_data = null, started_at = coalesce(started_at, ${asTime(at)}), ended_at = ${asTime(at)}
    where id = ${entryId} and ended_at is null and (first_run_id is null or first_run_id = ${firstRunId})
    returning *`;
}

/** The event of an entry that the query `ended` of a statement closes. */
export function entryEndedEvent({ status }: EntryEnd, ended: SQL, at: number): EventDraft {
  const type = status === 'completed' ? 'journey.completed' : 'journey.exited';
  return entryEvent(type, ended, sql`${ended} left join users on users.id = ${ended}.user_id`, asTime(at));
}

/** Closes an entry and its pending delivery, and publishes both. A closed entry stays as it is. */
export async function closeEntry(
  db: EnqueuingDatabase,
  owner: Closer,
  end: EntryEnd,
  at: number,
): Promise<void> {
  const { reason, detail } = end.status === 'completed' ? { reason: null, detail: null } : end;
  const [row] = await rowsOf<{ items: EventDeliveryItem[] }>(
    db,
    sql`
    with closed as (${closeEntrySql(owner, end, at)}),
    pending as (
      update deliveries set
        status = 'failed', reason = ${reason}::text, detail = ${detail}::text, ended_at = ${asTime(at)}
      from closed where deliveries.entry_id = closed.id and deliveries.status = 'pending'
      returning deliveries.*
    ),
    ${publish([entryEndedEvent(end, sql`closed`, at), deliveryFailedEvent(sql`pending`, at)])}
    select ${publishedDeliveries} as items`,
  );
  db.enqueued.push(...row!.items);
}

/** Stores an operator's note, which becomes the entry's detail if the entry is cancelled. */
export async function writeExitNote(db: Database, entryId: string, note: string): Promise<void> {
  await db.execute(
    sql`update entries set exit_note = ${note || null}::text where id = ${entryId} and ended_at is null`,
  );
}

/** How this run's entry ended; undefined when it is open, or another run owns it. */
export async function endOfEntry(
  db: Database,
  { entryId, firstRunId }: Owner,
): Promise<EntryEnd | undefined> {
  const [row] = await rowsOf<{ status: EntryStatus; reason: Reason | null; detail: string | null }>(
    db,
    sql`select status, reason, detail from entries
        where id = ${entryId} and first_run_id = ${firstRunId} and ended_at is not null`,
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
