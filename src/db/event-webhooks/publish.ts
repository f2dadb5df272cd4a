import { type SQL, sql } from 'drizzle-orm';
import type { EventType } from '../../domain/webhooks/event-webhook';
import { asJson, asTime, rowsOf } from '../connection/client';
import type { Slot } from '../connection/prepared';
import type { EnqueuingDatabase } from '../enqueue';
import { type DispatchedBy, enqueueSql, type EventDeliveryItem } from '../outbox';

/*
 * Events are published to event webhooks in the statement that causes them. Where no enabled event webhook has their
 * type, nothing is written.
 */

/** SQL of the events of one type that a statement publishes. */
export interface EventDraft {
  type: EventType;
  /** A query of the statement with a row for each event, and with what `data` refers to. */
  from: SQL;
  /** json: the event's data. */
  data: SQL;
  /** The user that the data is about: the event is erased with them. `null` when it holds no personal data. */
  user: SQL;
  /** timestamptz */
  at: SQL;
}

/**
 * Further `with` queries for a statement that publishes these events: it inserts them, and enqueues a delivery of each
 * for every event webhook that has its type (B153, B162). `publishedDeliveries` selects what is to be dispatched.
 */
export function publish(drafts: EventDraft[], by: DispatchedBy = 'thisProcess'): SQL {
  return sql`
    published as (
      insert into published_events (id, type, user_id, data, created_at)
      ${sql.join(drafts.map(draftRows), sql` union all `)}
      returning id, type, created_at
    ),
    fanned_out as (
      insert into deliveries (id, event_id, event_webhook_id, status, created_at)
      select 'dlv_' || left(encode(sha256(convert_to(published.id || '/' || event_webhooks.id, 'UTF8')), 'hex'), 32),
        published.id, event_webhooks.id, 'pending', published.created_at
      from published join event_webhooks on enabled and deleted_at is null and published.type = any (event_types)
      returning id
    ),
    enqueued_deliveries as (${enqueueSql('event', sql`fanned_out`, by)})`;
}

/** json: the deliveries that `publish` enqueued in the same statement, as the dispatcher takes them. */
export const publishedDeliveries = sql`(select coalesce(json_agg(json_build_object('deliveryId', id)), '[]') from fanned_out)`;

function draftRows({ type, from, data, user, at }: EventDraft): SQL {
  return sql`
      select 'evt_' || replace(gen_random_uuid()::text, '-', ''), ${type}, ${user}::bigint, ${data}, ${at} from ${from}
      where exists (
        select 1 from event_webhooks where enabled and deleted_at is null and ${type} = any (event_types))`;
}

/** Publishes an event that belongs to no other statement of the transaction. */
async function publishNow(tx: EnqueuingDatabase, draft: EventDraft): Promise<void> {
  const items = await rowsOf<EventDeliveryItem>(
    tx,
    sql`with ${publish([draft])} select id as "deliveryId" from fanned_out`,
  );
  tx.enqueued.push(...items);
}

/** text: a time as the API writes it, or null. */
export function isoTime(time: SQL): SQL {
  return sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** json: the participant of a row of `users`. */
const participant = sql`json_build_object(
        'email', users.email, 'userId', users.user_id, 'dataFields', users.data_fields, 'tags', users.tags)`;

/** Of a user that the query `inserted_user` of `lockOrCreateUserSql` inserts. */
export const participantCreated: EventDraft = {
  type: 'participant.created',
  from: sql`(select *, '{}'::json as data_fields, '{}'::text[] as tags from inserted_user where fresh) users`,
  data: sql`json_build_object('participant', ${participant})`,
  user: sql`users.id`,
  at: sql`now()`,
};

/**
 * Publishes an event about a user whose row the transaction has locked, with the participant as it is now and `more`
 * beside it: call it after the change.
 */
export function publishParticipant(
  tx: EnqueuingDatabase,
  type: Extract<EventType, `participant.${string}` | 'message.sent'>,
  userId: number,
  more: Record<string, unknown> = {},
): Promise<void> {
  const fields = Object.entries(more).map(([name, value]) => sql`, ${name}::text, ${asJson(value)}`);
  return publishNow(tx, {
    type,
    from: sql`(select * from users where id = ${userId}) users`,
    data: sql`json_build_object('participant', ${participant}${sql.join(fields)})`,
    user: sql`users.id`,
    at: sql`now()`,
  });
}

/**
 * Of an entry, a row of the query `entry`; `from` joins its user to it as `users`. An operator's note is not published.
 */
export function entryEvent(type: EventType, entry: SQL, from: SQL, at: SQL): EventDraft {
  const data = sql`json_build_object('entry', json_build_object(
        'id', ${entry}.id, 'journeyId', ${entry}.journey_id, 'version', ${shownVersionSql(entry)},
        'test', ${entry}.test,
        'email', users.email, 'userId', users.user_id, 'status', ${entry}.status, 'tileId', ${entry}.tile_id,
        'reason', ${entry}.reason, 'detail', case when ${entry}.exit_note is null then ${entry}.detail end,
        'startedAt', ${isoTime(sql`${entry}.started_at`)}, 'endedAt', ${isoTime(sql`${entry}.ended_at`)}))`;
  return { type, from, data, user: sql`users.id`, at };
}

/** int: the version of an entry, a row of the query `entry`; null for the draft that a test run walks. */
function shownVersionSql(entry: SQL): SQL {
  return sql`case when ${entry}.version > 0 then ${entry}.version end`;
}

/** Of a failed delivery, a row of the query `failed`, without its request and any response. */
export function deliveryFailedEvent(failed: SQL, at: Slot<number>): EventDraft {
  const data = sql`json_build_object('delivery', json_build_object(
        'id', id, 'entryId', entry_id, 'journeyId', journey_id, 'tileId', tile_id, 'webhookId', webhook_id,
        'test', coalesce((select test from entries where entries.id = entry_id), false),
        'status', status, 'reason', reason, 'detail', detail,
        'createdAt', ${isoTime(sql`created_at`)}, 'endedAt', ${isoTime(sql`ended_at`)}))`;
  return { type: 'delivery.failed', from: sql`${failed} failed`, data, user: sql`null`, at: asTime(at) };
}
