import { sql } from 'drizzle-orm';
import type { JudgedEntry } from '../../domain/journeys/roots';
import type { LedArm } from '../../domain/journeys/arms';
import { type Database, inMs, rowsOf } from '../connection/client';
import { callbacksOf } from '../deliveries/callbacks';

/** An open wait of a user, with what its arms are judged by. */
export interface OpenWait extends JudgedEntry {
  id: string;
  entryId: string;
  /** Under which name the entry keeps what ends it. */
  name: string;
  arms: LedArm[];
  /** Whether arms with a condition are judged already. */
  judgesConditions: boolean;
  /** The time that it is, in ms since the epoch. */
  now: number;
}

/** Waits in memory at a time, and bytes of what they hold. */
const MOST_WAITS = 200;
const MOST_BYTES = 2_097_152;

/**
 * The open waits of a user, whose row the transaction has locked, that these keys may end: those with an id above
 * `after`, some at a time. A wait whose deadline has passed is left to its timer.
 */
export function readOpenWaits(
  tx: Database,
  userId: number,
  keys: string[],
  after: string,
): Promise<OpenWait[]> {
  return rowsOf<OpenWait>(
    tx,
    sql`
    with page as materialized (
      select waits.id, entry_id, name, arms, coalesce(judged_from <= now(), true) as judges_conditions,
        trigger_data, live_data, entries.events,
        octet_length(trigger_data::text) + coalesce(octet_length(live_data::text), 0)
          + coalesce(octet_length(entries.events::text), 0) as size
      from waits join entries on entries.id = entry_id
      where waits.user_id = ${userId} and waits.id > ${after} and waits.keys && ${sql.param(keys)}::text[]
        and ended_at is null and entries.tile_id = waits.tile_id and deadline > now()
      order by waits.id limit ${MOST_WAITS}
    ),
    sized as (select *, sum(size) over (order by id) - size as before from page)
    select id, entry_id as "entryId", name, arms,
      judges_conditions as "judgesConditions", ${inMs(sql`now()`)} as now,
      trigger_data as "triggerData", live_data as "liveData", events,
      ${callbacksOf(sql`sized.entry_id`)} as callbacks
    from sized where before < ${MOST_BYTES}::int order by id`,
  );
}
