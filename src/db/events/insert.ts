import { sql } from 'drizzle-orm';
import { acceptEntriesSql } from '../entries/insert';
import { newId } from '../connection/ids';
import type { EntryItem, EventDeliveryItem } from '../outbox';
import { prepared } from '../connection/prepared';
import type { EventKind } from '../schema';
import { publishedDeliveries, participantCreated } from '../event-webhooks/publish';
import { lockOrCreateUserSql } from '../users/lock';

/* The statements that record events: the most frequent ones of the program. */

/** Something that a user did. */
export interface NewEvent {
  kind: EventKind;
  name: string;
  dataFields: Record<string, unknown>;
  /** The caller's own id, up to 512 bytes: the same again updates the event and starts nothing. */
  externalId?: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  campaignId?: number;
  templateId?: number;
}

const value = (name: string) => sql.placeholder(name);

/** The placeholders' values of these statements for an event. */
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

/** Inserts an event of the user `locked_user`; `fresh` unless it updates an earlier one. */
const insertEventSql = sql`
    insert into events
      (id, external_id, user_id, kind, name, data_fields, campaign_id, template_id, created_at)
    select ${value('eventId')}, ${value('externalId')}::text, locked_user.id, ${value('kind')}, ${value('eventName')},
      ${value('dataFields')}::json, ${value('campaignId')}::int, ${value('templateId')}::int,
      ${value('createdAt')}::timestamptz
    from locked_user
    on conflict (external_id) do update set
      name = excluded.name, data_fields = excluded.data_fields, campaign_id = excluded.campaign_id,
      template_id = excluded.template_id, created_at = excluded.created_at
    returning coalesce(external_id, events.id) as id, (xmax = 0) as fresh`;

/** Records an event of a user whose row the transaction has locked. */
export const insertForLockedUser = prepared<{ id: string; fresh: boolean }, EventValues & { user: number }>(
  sql`with locked_user as (select ${value('user')}::bigint as id) ${insertEventSql}`,
);

/** `key`: the entry key of the journeys that it starts. `name`: the user's email or userId. */
type TrackedValues = EventValues & { key: string; name: string };

/**
 * Records an event of a known user. Returns no row, and stores nothing, for an unknown user or where the event is the
 * entry source of a published journey.
 */
const insertOnlySql = (isThem: ReturnType<typeof sql>) =>
  prepared<{ id: string }, TrackedValues>(sql`
    with locked_user as (
      select id from users
      where ${isThem}
        and not exists (select 1 from journeys where status = 'published' and entry_key = ${value('key')})
      for update of users
    )
    ${insertEventSql}`);

export const insertOnly = {
  email: insertOnlySql(sql`lower(email) = lower(${value('name')})`),
  userId: insertOnlySql(sql`user_id = ${value('name')}`),
};

interface Inserted {
  id: string;
  entries: EntryItem[];
  published: EventDeliveryItem[];
}

/**
 * Records an event of a user, who is created if unknown, and accepts an entry into each journey whose entry source it
 * is. Returns no row, and stores nothing, where that takes more than one statement: a journey has a limit or a
 * condition, or one starts for new users and this is one.
 */
const insertAndStartSql = (identifier: 'email' | 'userId') =>
  prepared<Inserted, TrackedValues & { stamp: string; triggerData: string }>(sql`
    with started as (
      select id, published_version,
        lifetime_limit is null and simultaneous_limit is null and suppression_list_ids = '{}' as limitless
      from journeys where status = 'published' and entry_key = ${value('key')}
      for key share
    ),
    new_entry as (
      select id as journey_id, version,
        ${value('stamp')}::text || right(replace(gen_random_uuid()::text, '-', ''), 18) as entry_id,
        -- A version that was published since this statement began is not seen yet.
        limitless and version is not null and definition #> '{entry,where}' is null as at_once
      from started left join journey_versions on journey_id = id and version = published_version
    ),
    requested as (select 1 where not exists (select 1 from new_entry where not at_once)),
    ${lockOrCreateUserSql(
      { [identifier]: value('name') },
      sql`not exists (select 1 from journeys where status = 'published' and entry_key = 'newUser')`,
    )},
    recorded as (${insertEventSql}),
    ${acceptEntriesSql(
      {
        id: sql`entry_id`,
        journeyId: sql`new_entry.journey_id`,
        version: sql`version`,
        userId: sql`locked_user.id`,
        triggerData: sql`${value('triggerData')}::json`,
      },
      sql`new_entry, locked_user, recorded where fresh`,
      { users: sql`locked_user users`, drafts: [participantCreated] },
    )}
    select id,
      (select coalesce(json_agg(json_build_object('entryId', id, 'journeyId', journey_id, 'version', version)), '[]')
        from accepted) as entries,
      ${publishedDeliveries} as published
    from recorded`);

export const insertAndStart = { email: insertAndStartSql('email'), userId: insertAndStartSql('userId') };
