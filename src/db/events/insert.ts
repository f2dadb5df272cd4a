import { sql } from 'drizzle-orm';
import { HAND_OVER_MS, lockOrCreateUserSql } from '../entries/entries';
import { newId } from '../connection/ids';
import type { EntryItem, EventDeliveryItem } from '../outbox';
import { prepared } from '../connection/prepared';
import type { EventKind } from '../schema';
import { publishedDeliveries, entryEvent, participantCreated, publish } from '../event-webhooks/publish';

/* The statements that keep what users do: the busiest of the program. */

/** Something that a user did. */
export interface NewEvent {
  kind: EventKind;
  name: string;
  dataFields: Record<string, unknown>;
  /** The caller's own id, up to 512 bytes: the same again updates the event and begins nothing. */
  externalId?: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  campaignId?: number;
  templateId?: number;
}

const given = (name: string) => sql.placeholder(name);

/** What these statements are given of an event. */
export function valuesOf(event: NewEvent) {
  const { kind, name, dataFields, externalId = null, campaignId = null, templateId = null } = event;
  return {
    eventId: newId('evt'),
    ...{ kind, eventName: name, externalId, campaignId, templateId },
    dataFields: JSON.stringify(dataFields),
    createdAt: new Date(event.createdAt).toISOString(),
  };
}

type EventValues = ReturnType<typeof valuesOf>;

/** An event of the user `who`; `fresh` when it is no update of one that was known. */
const insertEventSql = sql`
    insert into events
      (id, external_id, user_id, kind, name, data_fields, campaign_id, template_id, created_at)
    select ${given('eventId')}, ${given('externalId')}::text, who.id, ${given('kind')}, ${given('eventName')},
      ${given('dataFields')}::json, ${given('campaignId')}::int, ${given('templateId')}::int,
      ${given('createdAt')}::timestamptz
    from who
    on conflict (external_id) do update set
      name = excluded.name, data_fields = excluded.data_fields, campaign_id = excluded.campaign_id,
      template_id = excluded.template_id, created_at = excluded.created_at
    returning coalesce(external_id, events.id) as id, (xmax = 0) as fresh`;

/** Records an event of a user whose row the transaction holds. */
export const insertForLockedUser = prepared<{ id: string; fresh: boolean }, EventValues & { user: number }>(
  sql`with who as (select ${given('user')}::bigint as id) ${insertEventSql}`,
);

/** `key`: of the journeys that wait for it. `name`: the user's email or userId. */
type TrackedValues = EventValues & { key: string; name: string };

/** Records an event of a known user. No row, and nothing is stored, for another, or where a published journey waits. */
const insertOnlySql = (mine: ReturnType<typeof sql>) =>
  prepared<{ id: string }, TrackedValues>(sql`
    with who as (
      select id from users
      where ${mine}
        and not exists (select 1 from journeys where status = 'published' and entry_key = ${given('key')})
      for update of users
    )
    ${insertEventSql}`);

export const insertOnly = {
  email: insertOnlySql(sql`lower(email) = lower(${given('name')})`),
  userId: insertOnlySql(sql`user_id = ${given('name')}`),
};

interface Begun {
  id: string;
  entries: EntryItem[];
  published: EventDeliveryItem[];
}

/**
 * Records an event of a user, who is made if there is none, and accepts an entry into each journey that waits for it.
 * No row, and nothing is stored, where that takes more than a statement: a journey has a limit or a condition, or one
 * is for new users and this is one.
 */
const insertAndStartSql = (mine: 'email' | 'userId') =>
  prepared<Begun, TrackedValues & { stamp: string; triggerData: string }>(sql`
    with waiting as (
      select id, published_version,
        lifetime_limit is null and simultaneous_limit is null and suppression_list_ids = '{}' as limitless
      from journeys where status = 'published' and entry_key = ${given('key')}
      for key share
    ),
    begun as (
      select id, version,
        ${given('stamp')}::text || right(replace(gen_random_uuid()::text, '-', ''), 18) as entry_id,
        -- A version that was published since this statement began is not seen yet.
        limitless and version is not null and definition #> '{entry,where}' is null as at_once
      from waiting left join journey_versions on journey_id = id and version = published_version
    ),
    wanted as (select 1 where not exists (select 1 from begun where not at_once)),
    ${lockOrCreateUserSql(
      { [mine]: given('name') },
      sql`not exists (select 1 from journeys where status = 'published' and entry_key = 'newUser')`,
    )},
    recorded as (${insertEventSql}),
    accepted as (
      insert into entries (id, journey_id, version, user_id, status, trigger_data, workflow_id)
      select entry_id, begun.id, version, who.id, 'accepted', ${given('triggerData')}::json, entry_id
      from begun, who, recorded where fresh
      returning *
    ),
    queued as (
      insert into outbox (kind, ref, next_at)
      select 'entry', id, now() + ${`${HAND_OVER_MS} milliseconds`}::interval from accepted
    ),
    ${publish([participantCreated, entryEvent('journey.entered', sql`accepted`, sql`accepted, who users`, sql`now()`)])}
    select id,
      (select coalesce(json_agg(json_build_object('entryId', id, 'journeyId', journey_id, 'version', version)), '[]')
        from accepted) as entries,
      ${publishedDeliveries} as published
    from recorded`);

export const insertAndStart = { email: insertAndStartSql('email'), userId: insertAndStartSql('userId') };
