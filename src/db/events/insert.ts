import { type SQL, sql } from 'drizzle-orm';
import { writeJson } from '../../domain/lossless-json';
import { IS_LIMITED } from '../entries/entry-limits';
import { COUNT_REFUSAL } from '../entries/refusals';
import { acceptEntriesSql } from '../entries/insert';
import { newId } from '../connection/ids';
import { sharedInTurn } from '../connection/queued-lock';
import type { EntryItem, EventDeliveryItem } from '../outbox';
import { prepared } from '../connection/prepared';
import type { EventKind } from '../schema';
import { publishedDeliveries, participantCreated } from '../event-webhooks/publish';
import { emailIs, lockOrCreateUserSql } from '../users/lock';

/* The statements that record events: the most frequent ones of the program. */

/** Something that a user did. */
export interface NewEvent {
  kind: EventKind;
  name: string;
  dataFields: Record<string, unknown>;
  /**
   * The caller's own id, up to 512 bytes: with the same user, kind and name again it updates the event and starts
   * nothing.
   */
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
    dataFields: writeJson(dataFields),
    createdAt: new Date(event.createdAt).toISOString(),
  };
}

type EventValues = ReturnType<typeof valuesOf>;

/** An event with the `id`, user, kind and name of an earlier one updates it. */
export const UPDATE_REPEAT = sql`
    on conflict (user_id, external_id, kind, name) where external_id is not null do update set
      data_fields = excluded.data_fields, campaign_id = excluded.campaign_id,
      template_id = excluded.template_id, created_at = excluded.created_at`;

/** Inserts an event of the user that a query selects; `fresh` unless it updates an earlier one. */
const insertEventOf = (user: SQL) => sql`
    insert into events
      (id, external_id, user_id, kind, name, data_fields, campaign_id, template_id, created_at)
    select ${value('eventId')}, ${value('externalId')}::text, ${user}.id, ${value('kind')}, ${value('eventName')},
      ${value('dataFields')}::json, ${value('campaignId')}::int, ${value('templateId')}::int,
      ${value('createdAt')}::timestamptz
    from ${user}
    ${UPDATE_REPEAT}
    returning coalesce(external_id, events.id) as id, (xmax = 0) as fresh, events.id as "eventId", seq`;

/** An event that was inserted, or that updated an earlier one. */
export interface InsertedEvent {
  /** The caller's id, or else ours. */
  id: string;
  /** Ours. */
  eventId: string;
  fresh: boolean;
  /** Its place in the order of what happens to the user. */
  seq: number;
}

/** Records an event of a user whose row the transaction has locked. */
export const insertForLockedUser = prepared<InsertedEvent, EventValues & { user: number }>(
  sql`with locked_user as (select ${value('user')}::bigint as id) ${insertEventOf(sql`locked_user`)}`,
);

/** `key`: the entry key of the journeys that it starts. `name`: the user's email or userId. */
type TrackedValues = EventValues & { key: string; name: string };

/** Whether a row of `journeys` starts with the event. */
const isStarted = sql`status = 'published' and entry_key = ${value('key')}`;

/**
 * What became of an event: without `id` nothing is stored. `starts`: it is the entry source of a published journey.
 * `watched`: it may end a wait, or meet an exit rule.
 */
interface InsertedOnly {
  id: string | null;
  starts: boolean;
  watched: boolean;
}

/**
 * Records an event of a known user, unless it is the entry source of a published journey, or one of the user's entries
 * watches for it.
 */
const insertOnlySql = (isThem: ReturnType<typeof sql>) =>
  prepared<InsertedOnly, TrackedValues>(sql`
    with started as (select exists (select 1 from journeys where ${isStarted}) as starts),
    locked_user as (
      select users.id, ${value('key')} = any(users.watched) as watched
      from users, started where ${isThem} and not started.starts for update of users
    ),
    unwatched_user as (select id from locked_user where not watched),
    recorded as (${insertEventOf(sql`unwatched_user`)})
    select (select id from recorded) as id, starts, coalesce((select watched from locked_user), false) as watched
    from started`);

export const insertOnly = {
  email: insertOnlySql(emailIs(value('name'))),
  userId: insertOnlySql(sql`user_id = ${value('name')}`),
};

interface Inserted {
  /** Null where nothing is stored. */
  id: string | null;
  /** Whether other journeys are published than were judged. */
  outdated: boolean;
  entries: EntryItem[];
  published: EventDeliveryItem[];
}

/**
 * `judged`: json of the journeys that the event starts, each `{journeyId, version, reentryKey, holds}`. `seen`: which
 * profile their conditions were judged by, as `readStarts` has it; null if by none.
 */
type StartValues = TrackedValues & {
  stamp: string;
  triggerData: string;
  judged: string;
  seen: string | null;
};

/**
 * Records an event of a user, who is created if unknown, and accepts an entry into each journey whose entry source it
 * is, whose condition holds and whose limits let them in; else the refusal is recorded. Stores nothing if the published
 * journeys or the profile are not those that were judged, or a journey starts for new users and this is one, or an entry
 * of the user watches for it, or is to be superseded.
 */
const insertAndStartSql = (identifier: 'email' | 'userId') =>
  prepared<Inserted, StartValues>(sql`
    with started as (
      select id, published_version, exit_keys, ${IS_LIMITED} as limited
      from ${sharedInTurn(
        'journeys',
        sql`select id from journeys where ${isStarted} order by id`,
      )} shared join journeys using (id)
      where ${isStarted} for share of journeys
    ),
    new_entry as (
      select id as journey_id, version, limited, holds, "reentryKey" as reentry_key,
        ${value('stamp')}::text || right(replace(gen_random_uuid()::text, '-', ''), 18) as entry_id
      from started
      left join json_to_recordset(${value('judged')}::json) as judged ("journeyId" int, version int, "reentryKey" text, holds boolean)
        on "journeyId" = id and version = published_version
    ),
    requested as (select 1 where not exists (select 1 from new_entry where holds is null)),
    ${lockOrCreateUserSql(
      { [identifier]: value('name') },
      {
        mayCreate: sql`not exists (select 1 from journeys where status = 'published' and entry_key = 'newUser')`,
        seen: sql`${value('seen')}::text`,
        unwatched: sql`${value('key')}::text`,
        watches: sql`(select coalesce(array_agg(distinct watched), '{}') from started, unnest(exit_keys) watched)`,
      },
    )},
    judged_entry as (
      select new_entry.*, locked_user.id as user_id,
        case when not holds then 'where' when limited then entry_limit(locked_user.id, journey_id, reentry_key) end as refusal
      from new_entry, locked_user
    ),
    recording_user as (
      select id from locked_user where not exists (select 1 from judged_entry where refusal = 'restart')
    ),
    recorded as (${insertEventOf(sql`recording_user`)}),
    refused as (
      insert into entry_refusals (user_id, journey_id, reason)
      select user_id, journey_id, refusal from judged_entry, recorded where fresh and refusal is not null
      ${COUNT_REFUSAL}
    ),
    ${acceptEntriesSql(
      {
        id: sql`entry_id`,
        journeyId: sql`journey_id`,
        version: sql`version`,
        userId: sql`user_id`,
        reentryKey: sql`reentry_key`,
        triggerData: sql`${value('triggerData')}::json`,
      },
      sql`judged_entry, recorded where fresh and refusal is null`,
      { users: sql`locked_user users`, drafts: [participantCreated] },
    )}
    select (select id from recorded) as id, not exists (select 1 from requested) as outdated,
      (select coalesce(json_agg(json_build_object('entryId', id, 'journeyId', journey_id, 'version', version)), '[]')
        from accepted) as entries,
      ${publishedDeliveries} as published`);

export const insertAndStart = { email: insertAndStartSql('email'), userId: insertAndStartSql('userId') };
