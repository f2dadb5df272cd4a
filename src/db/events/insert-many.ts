import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { type NewEvent, UPDATE_REPEAT, valuesOf } from './insert';

/* Events of a bulk call, by one statement for many. */

/** An event of a user whose row the transaction has locked. */
export interface EventOfUser {
  user: number;
  event: NewEvent;
}

/** Inserts events that start nothing. One that repeats another of them replaces it. */
export async function insertEvents(tx: Database, events: EventOfUser[]): Promise<void> {
  const kept = new Map(events.map((row, index) => [repeatKeyOf(row, index), row]));
  const values = [...kept.values()].map(({ user, event }) => ({ user, ...valuesOf(event) }));
  if (values.length === 0) return;
  const column = (name: keyof (typeof values)[number]) => sql.param(values.map((row) => row[name]));
  await tx.execute(sql`
    insert into events
      (id, external_id, user_id, kind, name, data_fields, campaign_id, template_id, created_at)
    select id, external_id, user_id, kind, name, data::json, campaign_id, template_id, created_at::timestamptz
    from unnest(
      ${column('eventId')}::text[], ${column('externalId')}::text[], ${column('user')}::bigint[],
      ${column('kind')}::text[], ${column('eventName')}::text[], ${column('dataFields')}::text[],
      ${column('campaignId')}::int[], ${column('templateId')}::int[], ${column('createdAt')}::text[]
    ) as event (id, external_id, user_id, kind, name, data, campaign_id, template_id, created_at)
    ${UPDATE_REPEAT}`);
}

function repeatKeyOf({ user, event: { kind, name, externalId } }: EventOfUser, index: number): string {
  return JSON.stringify(externalId === undefined ? index : [user, externalId, kind, name]);
}

/** What events can set off besides being recorded. */
export interface Consequences {
  /** Those of the entry keys that published journeys have. */
  keys: Set<string>;
  /** Whether the creation of a user is published to an event webhook. */
  publishesUsers: boolean;
}

export async function findConsequences(db: Database, keys: string[]): Promise<Consequences> {
  const publishes: SQL = sql`exists (
      select 1 from event_webhooks where enabled and deleted_at is null
        and event_types && array['participant.created'])`;
  const [row] = await rowsOf<{ keys: string[]; publishesUsers: boolean }>(
    db,
    sql`
    select ${publishes} as "publishesUsers", (
      select coalesce(json_agg(distinct entry_key), '[]') from journeys
      where status = 'published' and entry_key = any(${sql.param(keys)}::text[])) as keys`,
  );
  return { keys: new Set(row!.keys), publishesUsers: row!.publishesUsers };
}
