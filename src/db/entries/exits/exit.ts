import { sql } from 'drizzle-orm';
import type { Reason } from '../../../domain/entry';
import { asJson, rowsOf } from '../../connection/client';
import type { EnqueuingDatabase } from '../../enqueue';
import { IS_OPEN } from '../entries';
import { deliveryFailedEvent, entryEvent, publish, publishedDeliveries } from '../../event-webhooks/publish';
import { enqueueSql, type EventDeliveryItem, type ExitItem } from '../../outbox';

/** An entry that is to end, and why. */
export interface Leaving {
  entryId: string;
  detail: string;
  /** What an operator wrote, which becomes the detail, and is published nowhere. */
  note?: string;
}

/** How entries end that somebody takes out, whatever run owns them. */
export interface Exit {
  status: 'exited' | 'cancelled';
  reason: Reason;
}

/** How entries end that an operator takes out. */
export const BY_OPERATOR = { status: 'cancelled', reason: 'operator' } as const;

/** An entry that an operator takes out, with what they say of it; nothing if the note is empty. */
export function leavingByOperator(entryId: string, note: string): Leaving {
  return { entryId, detail: 'Asked to exit.', ...(note !== '' && { note }) };
}

/**
 * Closes those of these entries that are open, with their pending deliveries, and publishes all. From the commit on
 * nothing more is sent for them; their workflows are signalled afterwards. A request under way is finished and recorded.
 * Of entries of several users, the transaction has locked the users. Returns how many it closed.
 */
export async function exitEntries(
  tx: EnqueuingDatabase,
  leaving: Leaving[],
  { status, reason }: Exit,
): Promise<number> {
  if (leaving.length === 0) return 0;
  const left = entryEvent(
    'journey.exited',
    sql`closed`,
    sql`closed left join users on users.id = closed.user_id`,
    sql`closed.ended_at`,
  );
  const [row] = await rowsOf<{ exits: ExitItem[]; deliveries: EventDeliveryItem[] }>(
    tx,
    sql`
    with leaving as (
      select entries.id as "entryId", asked.detail, note
      from json_to_recordset(${asJson(leaving)}) as asked ("entryId" text, detail text, note text)
      join entries on entries.id = "entryId"
      where ended_at is null order by entries.id for no key update of entries
    ),
    closed as (
      update entries set
        status = ${status}, reason = ${reason}, exit_note = leaving.note,
        detail = coalesce(leaving.note, leaving.detail),
        live_data = null, events = null, started_at = coalesce(started_at, now()), ended_at = greatest(started_at, now())
      from leaving where id = leaving."entryId" and ${IS_OPEN}
      returning entries.*
    ),
    pending as (
      update deliveries set status = 'failed', reason = ${reason}, detail = leaving.detail,
        ended_at = closed.ended_at
      from closed join leaving on leaving."entryId" = closed.id
      where deliveries.entry_id = closed.id and deliveries.status = 'pending'
      returning deliveries.*
    ),
    enqueued as (${enqueueSql('exit', sql`closed`, 'thisProcess')}),
    ${publish([left, { ...deliveryFailedEvent(sql`pending`, 0), at: sql`ended_at` }])}
    select ${publishedDeliveries} as deliveries, (
      select coalesce(json_agg(json_build_object(
        'exitOf', id, 'workflowId', workflow_id, 'firstRunId', first_run_id, 'reason', reason)), '[]') from closed
    ) as exits`,
  );
  const { exits, deliveries } = row!;
  tx.enqueued.push(...exits, ...deliveries);
  return exits.length;
}
