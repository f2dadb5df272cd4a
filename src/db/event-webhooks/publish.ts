import { type SQL, sql } from 'drizzle-orm';
import type { EventType } from '../../domain/webhooks/event-webhook';
import { asJson, asTime, type Database, rowsOf } from '../connection/client';
import type { EventDeliveryItem } from '../outbox';

/*
 * Telling event webhooks of what happened, in the very statement in which it happens. Where no enabled one wants to
 * know, nothing is written.
 */

/** Whoever took part in it may hand a delivery to Temporal at once; after this time anybody may. */
const HAND_OVER_MS = 5_000;

/** One kind of thing that happens in a statement. */
export interface EventDraft {
  type: EventType;
  /** A query of the statement that has a row for each time it happens, and what else `data` is made of. */
  from: SQL;
  /** json: what is told. */
  data: SQL;
  /** The user it tells of, with whom it is erased; `null` when it holds nothing of a user. */
  user: SQL;
  /** timestamptz */
  at: SQL;
}

/**
 * Further `with` queries for a statement in which these things happen: an event for each time, and a delivery, with its
 * place in the outbox, for each event webhook that wants it (B153, B162). `deliveriesTold` selects what to hand over.
 */
export function publish(happenings: EventDraft[]): SQL {
  return sql`
    published as (
      insert into published_events (id, type, user_id, data, created_at)
      ${sql.join(happenings.map(draftRows), sql` union all `)}
      returning id, type, created_at
    ),
    fanned_out as (
      insert into deliveries (id, event_id, event_webhook_id, status, created_at)
      select 'dlv_' || left(encode(sha256(convert_to(published.id || '/' || event_webhooks.id, 'UTF8')), 'hex'), 32),
        published.id, event_webhooks.id, 'pending', published.created_at
      from published join event_webhooks on enabled and deleted_at is null and published.type = any (event_types)
      returning id
    ),
    enqueued as (
      insert into outbox (kind, ref, next_at)
      select 'event', id, now() + ${`${HAND_OVER_MS} milliseconds`}::interval from fanned_out
    )`;
}

/** json: the deliveries that `tell` made in the same statement, as the dispatcher takes them. */
export const publishedDeliveries = sql`(select coalesce(json_agg(json_build_object('deliveryId', id)), '[]') from fanned_out)`;

function draftRows({ type, from, data, user, at }: EventDraft): SQL {
  return sql`
      select 'evt_' || replace(gen_random_uuid()::text, '-', ''), ${type}, ${user}::bigint, ${data}, ${at} from ${from}
      where exists (
        select 1 from event_webhooks where enabled and deleted_at is null and ${type} = any (event_types))`;
}

/** Tells of what belongs to no other statement of the transaction. */
async function publishNow(tx: Database, happening: EventDraft): Promise<EventDeliveryItem[]> {
  return rowsOf<EventDeliveryItem>(
    tx,
    sql`with ${publish([happening])} select id as "deliveryId" from fanned_out`,
  );
}

/** text: a time as the API writes it, or null. */
export function isoTime(time: SQL): SQL {
  return sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** json: the participant that a row of `users` is. */
const participant = sql`json_build_object(
        'email', users.email, 'userId', users.user_id, 'dataFields', users.data_fields, 'tags', users.tags)`;

/** What is told of a user whom the query `made` of `userRow` makes. */
export const participantCreated: EventDraft = {
  type: 'participant.created',
  from: sql`(select *, '{}'::json as data_fields, '{}'::text[] as tags from made where fresh) users`,
  data: sql`json_build_object('participant', ${participant})`,
  user: sql`users.id`,
  at: sql`now()`,
};

/**
 * Tells of a user whose row the transaction holds, as it is now; `more` stands beside the participant. Call it after
 * the change.
 */
export function publishParticipant(
  tx: Database,
  type: Extract<EventType, `participant.${string}` | 'message.sent'>,
  userId: number,
  more: Record<string, unknown> = {},
): Promise<EventDeliveryItem[]> {
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
 * What is told of an entry: a row of the query `entry`, to which `from` joins its user. What an operator wrote stays
 * here.
 */
export function entryEvent(type: EventType, entry: SQL, from: SQL, at: SQL): EventDraft {
  const data = sql`json_build_object('entry', json_build_object(
        'id', ${entry}.id, 'journeyId', ${entry}.journey_id, 'version', ${entry}.version,
        'email', users.email, 'userId', users.user_id, 'status', ${entry}.status, 'tileId', ${entry}.tile_id,
        'reason', ${entry}.reason, 'detail', case when ${entry}.exit_note is null then ${entry}.detail end,
        'startedAt', ${isoTime(sql`${entry}.started_at`)}, 'endedAt', ${isoTime(sql`${entry}.ended_at`)}))`;
  return { type, from, data, user: sql`users.id`, at };
}

/** What is told of a delivery that failed, a row of the query `failed`: not its request, nor any answer. */
export function deliveryFailedEvent(failed: SQL, at: number): EventDraft {
  const data = sql`json_build_object('delivery', json_build_object(
        'id', id, 'entryId', entry_id, 'journeyId', journey_id, 'tileId', tile_id, 'webhookId', webhook_id,
        'status', status, 'reason', reason, 'detail', detail,
        'createdAt', ${isoTime(sql`created_at`)}, 'endedAt', ${isoTime(sql`ended_at`)}))`;
  return { type: 'delivery.failed', from: sql`${failed} failed`, data, user: sql`null`, at: asTime(at) };
}
