import { type SQL, sql } from 'drizzle-orm';
import type { AttemptOutcome, Outcome } from '../../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../../domain/entry';
import { asJson, asTime, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { endCallbackSql } from './callbacks';
import { type AttemptKey, deliveryIdOf, type TileVisit } from './deliveries';
import { type Claimant, IS_OPEN, type Owner } from '../entries/entries';
import { closeEntrySql, COMPLETED_BY_HAND, entryEndedEvent } from '../entries/close';
import { notificationEvent } from '../notifications/notifications';
import type { EventDeliveryItem } from '../outbox';
import { deliveryAlerts } from '../notifications/alerts';
import { publishedDeliveries, deliveryFailedEvent, publish } from '../event-webhooks/publish';

/** The result of an attempt, as its row stores it. */
export interface AttemptResult {
  outcome: Outcome;
  status: number | null;
  durationMs: number;
  nextAttemptAt: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
}

/** The result of a tile's attempt. */
export interface TileAttemptResult extends AttemptResult {
  /** A 401 to an access token that had not expired yet (B068). */
  refusedEarly: boolean;
  /** The entry's new live data, by the name of the tile, the latest last; absent, it does not change. */
  liveData?: Record<string, unknown>;
}

/** The end of a delivery. */
export interface DeliveryEnd {
  status: 'delivered' | 'failed';
  reason: Reason | null;
  detail: string | null;
}

/** The end of a tile's delivery. With `entry`, the same statement closes the entry: this was its last activity. */
export interface TileDeliveryEnd extends DeliveryEnd {
  entry?: EntryEnd;
  /** The endpoint will call back: for how long the user waits, in ms. */
  awaitsMs?: number;
}

/** A tile visit with its journey and webhook, as a notification names them. */
export interface DeliverySubject extends TileVisit, Claimant {
  journeyId: number;
  webhookId: number | null;
  /** Whether the entry is a test run: then no operator is notified. */
  test: boolean;
  /** Present where the endpoint may call back. */
  callback?: object;
}

/**
 * Closes an attempt's row and, with `end`, the delivery and perhaps the entry. The same statement counts notifications
 * for operators and publishes events. False when it was to end the entry, which had ended otherwise.
 */
export async function closeAttempt(
  db: EnqueuingDatabase,
  subject: DeliverySubject,
  attempt: AttemptKey,
  result: TileAttemptResult,
  end: TileDeliveryEnd | undefined,
  at: number,
): Promise<boolean> {
  const { deliveryId } = attempt;
  const { refusedEarly } = result;
  const changesEntry = result.liveData !== undefined || end?.entry !== undefined;
  return executeAndCollect(
    db,
    sql`
    with ${lockEntryFirstSql(changesEntry ? subject.entryId : undefined)},
    attempt as (${closeAttemptSql(attempt, result, ONCE_LOCKED)})
    ${saveLiveDataSql(subject, result, end)}
    ${end && closeDeliveryAndEntrySql(subject, deliveryId, end, at)}
    ${alertAndPublishSql({ ...subject, deliveryId }, { end, refusedEarly, failed: sql`closed_delivery` }, at)}`,
  );
}

/**
 * SQL of a `with` query for a statement that may change an entry beside its delivery: it locks the entry. All others wait
 * for it by `ONCE_LOCKED`, so that the statement never waits for the entry with a delivery locked: see `users/lock.ts`.
 * The one that changes the entry does so too: a row that its own statement has changed is not locked, and not found.
 */
function lockEntryFirstSql(entryId: string | undefined): SQL {
  return entryId === undefined
    ? sql`locked_entry as (select 1)`
    : sql`locked_entry as (select 1 from entries where id = ${entryId} for no key update)`;
}

/** SQL of a condition that is true once `locked_entry` has its row. */
const ONCE_LOCKED = sql`exists (select 1 from locked_entry)`;

/**
 * SQL that closes an attempt's row. An erasure blanks the stored answer; a blank is not overwritten. Whichever statement
 * comes second waits for the row and sees what the first one wrote.
 */
export function closeAttemptSql(attempt: AttemptKey, result: AttemptResult, ifTrue = sql`true`): SQL {
  const { outcome } = result;
  const reason = outcome.kind === 'delivered' ? null : outcome.reason;
  const detail = outcome.detail ?? null;
  return sql`
    update attempts set
      duration_ms = ${result.durationMs}::int, status = ${result.status}::int,
      outcome = ${outcome.kind satisfies AttemptOutcome}, reason = ${reason}::text, detail = ${detail}::text,
      next_attempt_at = ${result.nextAttemptAt === null ? sql`null` : asTime(result.nextAttemptAt)},
      response_headers = coalesce(response_headers,
        ${result.responseHeaders === null ? sql`null` : asJson(result.responseHeaders)}),
      response_body = coalesce(response_body, ${result.responseBody}::text)
    where delivery_id = ${attempt.deliveryId} and generation = ${attempt.generation}
      and number = ${attempt.number} and outcome is null and ${ifTrue}
    returning 1`;
}

/** Nothing when the entry ends: live data goes with it, and one statement may not update a row twice. */
function saveLiveDataSql(
  { entryId }: Owner,
  { liveData }: TileAttemptResult,
  end: TileDeliveryEnd | undefined,
) {
  if (liveData === undefined || end?.entry) return undefined;
  return sql`, saved_live_data as (
      update entries set live_data = ${asJson(liveData)} where id = ${entryId} and ${IS_OPEN} and ${ONCE_LOCKED}
    )`;
}

/**
 * Closes a delivery without an open attempt: nothing could be sent, for example because there was no token. False as in
 * `closeAttempt`.
 */
export async function closeDelivery(
  db: EnqueuingDatabase,
  subject: DeliverySubject,
  end: TileDeliveryEnd,
  at: number,
): Promise<boolean> {
  const deliveryId = deliveryIdOf(subject);
  const failed = sql`(select * from inserted_delivery union all select * from closed_delivery)`;
  return executeAndCollect(
    db,
    sql`
    with ${lockEntryFirstSql(end.entry && subject.entryId)},
    inserted_delivery as (
      insert into deliveries
        (id, entry_id, journey_id, tile_id, visit, webhook_id, status, reason, detail, created_at, ended_at)
      select ${deliveryId}, ${subject.entryId}, ${subject.journeyId}::int, ${subject.tileId}, ${subject.visit}::int,
        ${subject.webhookId}::int, ${end.status}, ${end.reason}::text, ${end.detail}::text,
        ${asTime(at)}, ${asTime(at)}
      where ${ONCE_LOCKED}
      on conflict do nothing
      returning ${DELIVERY_COLUMNS}
    )
    ${closeDeliveryAndEntrySql(subject, deliveryId, end, at)}
    ${alertAndPublishSql({ ...subject, deliveryId }, { end, refusedEarly: false, failed }, at)}`,
  );
}

/** Closes the deliveries that are still pending though the entries of these workflows have ended. */
export async function closeLeftDeliveries(
  db: EnqueuingDatabase,
  workflowIds: string[],
  at: number,
): Promise<void> {
  const { reason, detail } = COMPLETED_BY_HAND;
  await executeAndCollect(
    db,
    sql`
    with ended as (
      select id from entries
      where workflow_id = any(${sql.param(workflowIds)}::text[]) and ended_at is not null
        and exists (select 1 from deliveries where entry_id = entries.id and deliveries.status = 'pending')
      order by id for no key update
    ),
    left_open as (
      update deliveries set status = 'failed', reason = ${reason}, detail = ${detail}, ended_at = ${asTime(at)}
      from ended where deliveries.entry_id = ended.id and deliveries.status = 'pending'
      returning deliveries.*
    ),
    ${publish([deliveryFailedEvent(sql`left_open`, at)])}
    select ${publishedDeliveries} as items, true as done`,
  );
}

async function executeAndCollect(db: EnqueuingDatabase, statement: SQL): Promise<boolean> {
  const [row] = await rowsOf<{ items: EventDeliveryItem[]; done: boolean }>(db, statement);
  db.enqueued.push(...row!.items);
  return row!.done;
}

/** The columns that the event `delivery.failed` is made of. */
const DELIVERY_COLUMNS = sql.raw(
  'id, entry_id, journey_id, tile_id, webhook_id, status, reason, detail, created_at, ended_at',
);

/** SQL that closes a delivery if it is pending. */
export function closeDeliverySql(
  deliveryId: string,
  { status, reason, detail }: DeliveryEnd,
  at: number,
  ifTrue = sql`true`,
): SQL {
  return sql`
    update deliveries set
      status = ${status}, reason = ${reason}::text, detail = ${detail}::text, ended_at = ${asTime(at)}
    where id = ${deliveryId} and status = 'pending' and ${ifTrue}
    returning ${DELIVERY_COLUMNS}`;
}

/** SQL of further `with` queries: `closed_delivery` and, where the entry ends, `ended` (see `deliveryAlerts`). */
function closeDeliveryAndEntrySql(
  owner: Claimant & Pick<DeliverySubject, 'callback'>,
  deliveryId: string,
  end: TileDeliveryEnd,
  at: number,
): SQL {
  const closeCallback =
    owner.callback && sql`, awaited as (${endCallbackSql(deliveryId, end.awaitsMs, at, ONCE_LOCKED)})`;
  const closeEntry =
    end.entry && sql`, ended as (${closeEntrySql(owner, end.entry, at, { ifTrue: ONCE_LOCKED })})`;
  return sql`, closed_delivery as (${closeDeliverySql(deliveryId, end, at, ONCE_LOCKED)})${closeCallback}${closeEntry}`;
}

/**
 * SQL of the rest of the statement: it counts notifications, publishes events, and selects the event deliveries to
 * dispatch as `items`, and as `done` whether the entry ended, if it was to. `failed` is the query with the failed
 * delivery.
 */
function alertAndPublishSql(
  subject: DeliverySubject & { deliveryId: string },
  { end, refusedEarly, failed }: { end?: TileDeliveryEnd; refusedEarly: boolean; failed: SQL },
  at: number,
): SQL {
  const entryEnd = end?.entry;
  const alerts = subject.test ? undefined : deliveryAlerts(subject, { end: entryEnd, refusedEarly }, at);
  const drafts = [
    ...(end?.status === 'failed' ? [deliveryFailedEvent(failed, at)] : []),
    ...(entryEnd ? [entryEndedEvent(entryEnd, sql`ended`, at)] : []),
    ...(alerts ? [notificationEvent(at)] : []),
  ];
  return sql`
    ${alerts && sql`, raised as (${alerts})`}
    ${drafts.length === 0 ? sql`select '[]'::json as items` : sql`, ${publish(drafts)} select ${publishedDeliveries} as items`},
      ${entryEnd ? sql`exists (select 1 from ended)` : sql`true`} as done`;
}
