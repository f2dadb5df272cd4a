import { type SQL, sql } from 'drizzle-orm';
import type { AttemptOutcome, Outcome } from '../../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../../domain/entry';
import { asJson, asTime, type Database, rowsOf } from '../connection/client';
import { type AttemptKey, deliveryIdOf, type TileVisit } from './deliveries';
import { type Owner } from '../entries/entries';
import { closeEntrySql, entryEndedEvent } from '../entries/close';
import { notificationEvent } from '../notifications/notifications';
import type { EventDeliveryItem } from '../outbox';
import { deliveryAlerts } from '../notifications/alerts';
import { publishedDeliveries, deliveryFailedEvent, publish } from '../event-webhooks/publish';

/** What an attempt came to, as its row keeps it. */
export interface AttemptResult {
  outcome: Outcome;
  status: number | null;
  durationMs: number;
  nextAttemptAt: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
}

/** The same of a tile's delivery. */
export interface TileAttemptResult extends AttemptResult {
  /** A 401 to an access token that should have been good for longer (B068). */
  refusedEarly: boolean;
  /** All live data of the entry from now on, by the name of the tile, the latest last; absent, it stays as it is. */
  liveData?: Record<string, unknown>;
}

/** How a delivery ends, when an attempt (or a failure before any) ends it. */
export interface DeliveryEnd {
  status: 'delivered' | 'failed';
  reason: Reason | null;
  detail: string | null;
}

/** The same of a tile's delivery; `entry` closes the entry in the same statement, when this was its last activity. */
export interface TileDeliveryEnd extends DeliveryEnd {
  entry?: EntryEnd;
}

/** A tile visit and what is called there: whom a notification names. */
export interface DeliverySubject extends TileVisit {
  journeyId: number;
  webhookId: number | null;
}

/**
 * Closes an attempt's row, and with it the delivery and the entry as far as the answer settles them; what an
 * operator should know of is counted, and event webhooks are told, in one statement with the rest. Returns what the
 * latter have to be sent.
 */
export async function closeAttempt(
  db: Database,
  call: DeliverySubject,
  attempt: AttemptKey,
  result: TileAttemptResult,
  settlement: TileDeliveryEnd | undefined,
  at: number,
): Promise<EventDeliveryItem[]> {
  const { deliveryId } = attempt;
  const { refusedEarly } = result;
  return enqueuedBy(
    db,
    sql`
    with attempt as (${closeAttemptSql(attempt, result)})
    ${keepLiveDataSql(call, result, settlement)}
    ${settlement && closeDeliveryAndEntry(call, deliveryId, settlement, at)}
    ${alertAndPublish({ ...call, deliveryId }, { settlement, refusedEarly, failed: sql`closed` }, at)}`,
  );
}

/**
 * SQL that closes an attempt's row. An erasure empties what an attempt has of an answer, and what is empty stays so:
 * whichever comes second waits for the row and sees what the first has done.
 */
export function closeAttemptSql(attempt: AttemptKey, result: AttemptResult): SQL {
  const { outcome } = result;
  const why = outcome.kind === 'delivered' ? { reason: null, detail: null } : outcome;
  return sql`
    update attempts set
      duration_ms = ${result.durationMs}::int, status = ${result.status}::int,
      outcome = ${outcome.kind satisfies AttemptOutcome}, reason = ${why.reason}::text, detail = ${why.detail}::text,
      next_attempt_at = ${result.nextAttemptAt === null ? sql`null` : asTime(result.nextAttemptAt)},
      response_headers = coalesce(response_headers,
        ${result.responseHeaders === null ? sql`null` : asJson(result.responseHeaders)}),
      response_body = coalesce(response_body, ${result.responseBody}::text)
    where delivery_id = ${attempt.deliveryId} and generation = ${attempt.generation}
      and number = ${attempt.number} and outcome is null
    returning 1`;
}

/** An entry that ends has no more use for live data; nor may one statement change its row twice. */
function keepLiveDataSql(
  { entryId }: Owner,
  { liveData }: TileAttemptResult,
  settlement: TileDeliveryEnd | undefined,
) {
  if (liveData === undefined || settlement?.entry) return undefined;
  return sql`, kept as (
      update entries set live_data = ${asJson(liveData)} where id = ${entryId} and ended_at is null
    )`;
}

/**
 * Ends a delivery that needs no attempt's row to close: nothing could be sent, or no token was to be had. Returns what
 * event webhooks have to be sent.
 */
export async function closeDelivery(
  db: Database,
  call: DeliverySubject,
  settlement: TileDeliveryEnd,
  at: number,
): Promise<EventDeliveryItem[]> {
  const deliveryId = deliveryIdOf(call);
  const failed = sql`(select * from made union all select * from closed)`;
  return enqueuedBy(
    db,
    sql`
    with made as (
      insert into deliveries
        (id, entry_id, journey_id, tile_id, visit, webhook_id, status, reason, detail, created_at, ended_at)
      values (${deliveryId}, ${call.entryId}, ${call.journeyId}::int, ${call.tileId}, ${call.visit}::int,
        ${call.webhookId}::int, ${settlement.status}, ${settlement.reason}::text, ${settlement.detail}::text,
        ${asTime(at)}, ${asTime(at)})
      on conflict do nothing
      returning ${DELIVERY_COLUMNS}
    )
    ${closeDeliveryAndEntry(call, deliveryId, settlement, at)}
    ${alertAndPublish({ ...call, deliveryId }, { settlement, refusedEarly: false, failed }, at)}`,
  );
}

async function enqueuedBy(db: Database, statement: SQL): Promise<EventDeliveryItem[]> {
  const [row] = await rowsOf<{ items: EventDeliveryItem[] }>(db, statement);
  return row!.items;
}

/** What is told of a delivery. */
const DELIVERY_COLUMNS = sql.raw(
  'id, entry_id, journey_id, tile_id, webhook_id, status, reason, detail, created_at, ended_at',
);

/** SQL that ends a delivery, unless it has ended. */
export function closeDeliverySql(
  deliveryId: string,
  { status, reason, detail }: DeliveryEnd,
  at: number,
): SQL {
  return sql`
    update deliveries set
      status = ${status}, reason = ${reason}::text, detail = ${detail}::text, ended_at = ${asTime(at)}
    where id = ${deliveryId} and status = 'pending'
    returning ${DELIVERY_COLUMNS}`;
}

function closeDeliveryAndEntry(
  owner: Owner,
  deliveryId: string,
  settlement: TileDeliveryEnd,
  at: number,
): SQL {
  const ended = settlement.entry && sql`, ended as (${closeEntrySql(owner, settlement.entry, at)})`;
  return sql`, closed as (${closeDeliverySql(deliveryId, settlement, at)})${ended}`;
}

/** What follows from the rest of the statement: notifications, what is told, and what of it is to be handed over. */
function alertAndPublish(
  troubled: DeliverySubject & { deliveryId: string },
  { settlement, refusedEarly, failed }: { settlement?: TileDeliveryEnd; refusedEarly: boolean; failed: SQL },
  at: number,
): SQL {
  const end = settlement?.entry;
  const raised = deliveryAlerts(troubled, { end, refusedEarly }, at);
  const drafts = [
    ...(settlement?.status === 'failed' ? [deliveryFailedEvent(failed, at)] : []),
    ...(end ? [entryEndedEvent(end, sql`ended`, at)] : []),
    ...(raised ? [notificationEvent(at)] : []),
  ];
  return sql`
    ${raised && sql`, raised as (${raised})`}
    ${drafts.length === 0 ? sql`select '[]'::json as items` : sql`, ${publish(drafts)} select ${publishedDeliveries} as items`}`;
}
