import { sql } from 'drizzle-orm';
import { armOfEvent, type Judgement } from '../../domain/journeys/arms';
import { eventDataOf, type RecordedEvent } from '../../domain/journeys/event-data';
import { asTime, type Database, inMs, rowsOf } from '../connection/client';
import type { Waiting } from './waiting';

/** An event that came before the wait, and the arm that it meets. */
export interface FoundEvent {
  id: string;
  seq: number;
  data: Record<string, unknown>;
  /** From 1. */
  arm: number;
}

/** Events and bytes of a page, and events in all: the user's row is locked meanwhile. */
const MOST_EVENTS = 100;
const MOST_BYTES = 2_097_152;
const MOST_PAGES = 100;

/**
 * The first event since a moment that meets the first arm that any of them meets, of the arms before `before`. An event
 * that ended a wait of the entry does not count again.
 */
export async function firstEventsSince(
  tx: Database,
  waiting: Waiting,
  since: number,
  judgement: Judgement,
  before: number | undefined,
): Promise<FoundEvent | undefined> {
  let found: FoundEvent | undefined;
  let left = waiting.tile.for.slice(0, before === undefined ? undefined : before - 1);
  let last = since;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const names = left.flatMap(({ event }) => event ?? []);
    const page = names.length === 0 ? [] : await readPage(tx, waiting, names, last);
    if (page.length === 0) return found;
    for (const { id, seq, ...event } of page) {
      const data = eventDataOf(event);
      const arm = armOfEvent(left, { name: event.name, data }, judgement);
      if (arm === undefined) continue;
      found = { id, seq, data, arm };
      left = left.slice(0, arm - 1);
    }
    last = page.at(-1)!.seq;
  }
  return found;
}

/** The newest events of the names that are looked at. */
const MOST_SINCE = 1_000;

/** The place of the last event before a time, of the events of these names; undefined where none came since. */
export async function placeBefore(
  tx: Database,
  userId: number,
  names: string[],
  time: number,
): Promise<number | undefined> {
  const [row] = await rowsOf<{ seq: number | null }>(
    tx,
    sql`
    select min(seq) - 1 as seq from (
      select seq, recorded_at from events where user_id = ${userId} and name = any(${sql.param(names)}::text[])
      order by seq desc limit ${MOST_SINCE}
    ) latest
    where recorded_at >= ${asTime(time)}`,
  );
  return row!.seq ?? undefined;
}

function readPage(tx: Database, { user, wait: _none, ...waiting }: Waiting, names: string[], after: number) {
  return rowsOf<RecordedEvent & { id: string; seq: number }>(
    tx,
    sql`
    with page as materialized (
      select * from events
      where user_id = ${user.id} and name = any(${sql.param(names)}::text[]) and seq > ${after}::bigint
        and not exists (select 1 from waits where entry_id = ${waiting.entryId} and waits.event_id = events.id)
      order by seq limit ${MOST_EVENTS}
    ),
    sized as (
      select *, sum(octet_length(data_fields::text)) over (order by seq) - octet_length(data_fields::text) as before
      from page
    )
    select id, seq, kind, name, data_fields as "dataFields", campaign_id as "campaignId",
      template_id as "templateId", ${inMs(sql`created_at`)} as "createdAt"
    from sized where before < ${MOST_BYTES}::int order by seq`,
  );
}
