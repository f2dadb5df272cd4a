import { sql } from 'drizzle-orm';
import type { NeededEvents, Needs } from '../../domain/journeys/conditions';
import { eventDataOf, type RecordedEvent } from '../../domain/journeys/event-data';
import { type Facts, factsAt, MOST_EVENTS, type PastEvent } from '../../domain/journeys/facts';
import { asJson, type Database, inMs, rowsOf } from '../connection/client';

/** What conditions ask about a user, as it is now. No query where they ask nothing. */
export async function loadFacts(db: Database, userId: number, needs: Needs, now: number): Promise<Facts> {
  return (await loadFactsOfMany(db, [userId], needs, now)).get(userId)!;
}

/** The same for several users, in one query. */
export async function loadFactsOfMany(
  db: Database,
  userIds: number[],
  needs: Needs,
  now: number,
): Promise<Map<number, Facts>> {
  const asks = needs.lists.length > 0 || needs.events.length > 0;
  const rows = asks && userIds.length > 0 ? await readFacts(db, userIds, needs, now) : [];
  const found = new Map(rows.map((row) => [row.userId, factsOf(row, needs.events, now)]));
  return new Map(userIds.map((id) => [id, found.get(id) ?? factsAt(now)]));
}

interface FactsRow {
  userId: number;
  lists: number[];
  events: (Omit<RecordedEvent, 'dataFields'> & { dataFields: RecordedEvent['dataFields'] | null })[];
}

/** Of the events that conditions read, per user and name: newer events first, older ones are left out. */
const MOST_BYTES = 2_097_152;

function readFacts(db: Database, userIds: number[], needs: Needs, now: number): Promise<FactsRow[]> {
  const asked = needs.events.map(({ name, withinMs, withData }) => ({
    ...{ name, withData },
    since: withinMs === null ? '-infinity' : new Date(now - withinMs).toISOString(),
  }));
  return rowsOf<FactsRow>(
    db,
    sql`
    select asking.id as "userId",
      (select coalesce(json_agg(list_id), '[]') from list_users
       where user_id = asking.id and list_id = any(${sql.param(needs.lists)}::int[])) as lists,
      (select coalesce(json_agg(happened order by "createdAt" desc), '[]')
       from json_to_recordset(${asJson(asked)}) as asked (name text, "withData" boolean, since timestamptz)
       cross join lateral (
         select kind, newest.name, campaign_id as "campaignId", template_id as "templateId",
           ${inMs(sql`created_at`)} as "createdAt",
           case when "withData" and sum(case when "withData" then octet_length(data_fields::text) end)
             over (order by created_at desc, id desc) <= ${MOST_BYTES}::int then data_fields end as "dataFields"
         from (
           select * from events where user_id = asking.id and name = asked.name and created_at > since
           order by created_at desc, id desc limit ${MOST_EVENTS + 1}::int
         ) newest
       ) happened) as events
    from unnest(${sql.param(userIds)}::bigint[]) as asking (id)`,
  );
}

function factsOf({ lists, events }: FactsRow, asked: NeededEvents[], now: number): Facts {
  const members = new Set(lists);
  const byName = new Map<string, PastEvent[]>();
  const withData = new Set(asked.filter((needed) => needed.withData).map(({ name }) => name));
  for (const { dataFields, ...event } of events) {
    if (dataFields === null && withData.has(event.name)) continue;
    const past = { at: event.createdAt, dataFields: eventDataOf({ ...event, dataFields: dataFields ?? {} }) };
    const pasts = byName.get(event.name);
    if (pasts === undefined) byName.set(event.name, [past]);
    else pasts.push(past);
  }
  return {
    now,
    isMember: (listId) => members.has(listId),
    events: (name) => byName.get(name) ?? [],
  };
}
