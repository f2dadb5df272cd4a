import { sql } from 'drizzle-orm';
import type { Way } from '../../domain/journeys/plan';
import { asJson, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { IS_OPEN } from '../entries/entries';
import { readableText } from '../entries/steps/steps';
import { enqueueSql, type WakeItem } from '../outbox';

/** What ends a wait, and what the entry then holds of events. */
export interface EndedWait {
  id: string;
  /** The position of the arm, from 1. */
  arm: number;
  /** The event that meets the arm, and its place in the order. */
  eventId: string | null;
  seq: number | null;
  /** For the entry's path: the reason for people, and where the arm leads. */
  why: string;
  nextTile: Way;
  events: Record<string, unknown>;
}

/**
 * Ends open waits of a user, whose row the transaction has locked, and signals their workflows. What comes after this
 * counts for the next wait of the entry.
 */
export async function endWaits(tx: EnqueuingDatabase, ended: EndedWait[]): Promise<void> {
  if (ended.length === 0) return;
  const items = await rowsOf<WakeItem>(
    tx,
    sql`
    with won as (
      select * from json_to_recordset(${asJson(ended.map(({ why, ...wait }) => ({ ...wait, why: readableText(why) })))})
        as won (id text, arm int, "eventId" text, seq bigint, events json, why text, "nextTile" text)
    ),
    ended as (
      update waits set user_id = null, keys = '{}', arms = '[]', woken_at = now(), arm = won.arm,
        event_id = won."eventId"
      from won where waits.id = won.id and user_id is not null
      returning waits.id, waits.arm, entry_id, tile_id, visit
    ),
    kept as (
      update entries set events = won.events, arrived_seq = coalesce(won.seq, nextval('event_order'))
      from ended join won using (id) where entries.id = ended.entry_id and ${IS_OPEN}
    ),
    left_tile as (
      update steps set left_at = now(), way = won.arm::text, why = won.why, next_tile = won."nextTile"
      from ended join won using (id)
      where steps.entry_id = ended.entry_id and steps.tile_id = ended.tile_id and steps.visit = ended.visit
        and left_at is null
    ),
    enqueued as (${enqueueSql('wake', sql`ended`, 'thisProcess')})
    select ended.id as "waitId", arm, workflow_id as "workflowId" from ended join entries on entries.id = entry_id`,
  );
  tx.enqueued.push(...items);
}
