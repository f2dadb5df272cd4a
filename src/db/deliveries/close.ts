import { type SQL, sql } from 'drizzle-orm';
import { asTime, rowsOf } from '../connection/client';
import { prepared, slotsOf } from '../connection/prepared';
import type { EnqueuingDatabase } from '../enqueue';
import { COMPLETED_BY_HAND } from '../entries/close';
import type { Claimant } from '../entries/entries';
import { deliveryFailedEvent, publish, publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import { type AttemptResult, columnsOf, RESULT_COLUMNS, type ResultColumns } from './attempts';
import {
  alertAndPublishSql,
  alertsOf,
  closeDeliveryAndEntrySql,
  type Closing,
  closingSql,
  DELIVERY_COLUMNS,
  type DeliverySubject,
  endedCallbackSql,
  lockEntryFirstSql,
  ONCE_LOCKED,
  type TileDeliveryEnd,
} from './close-sql';
import { type AttemptKey, deliveryIdOf } from './deliveries';

/** The result of a tile's attempt. */
export interface TileAttemptResult extends AttemptResult {
  /** A 401 to an access token that had not expired yet (B068). */
  refusedEarly: boolean;
  /** The entry's new live data, by the name of the tile, the latest last; absent, it does not change. */
  liveData?: Record<string, unknown>;
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
  const columns = columnsOf(result);
  const plain = plainCloseFor(subject, result, end);
  if (plain) {
    const { entryId, firstRunId, workflowId } = subject;
    const owner = { entryId, firstRunId, workflowId };
    const [row] = await plain(db, { ...owner, ...attempt, ...columns, at: new Date(at).toISOString() });
    return collect(db, row!);
  }
  const { refusedEarly } = result;
  const alerts = alertsOf({ ...subject, deliveryId: attempt.deliveryId }, { end, refusedEarly }, at);
  return executeAndCollect(
    db,
    closingSql({ owner: subject, attempt, columns, at }, end, {
      ...{ alerts, liveData: result.liveData },
      awaited: endedCallbackSql(subject, attempt.deliveryId, end, at),
    }),
  );
}

const SLOTS: Closing = {
  owner: slotsOf('entryId', 'firstRunId', 'workflowId'),
  attempt: slotsOf('deliveryId', 'generation', 'number'),
  columns: slotsOf(...RESULT_COLUMNS),
  at: sql.placeholder('at'),
};

const plainClose = (end: TileDeliveryEnd | undefined) =>
  prepared<Closed, Claimant & AttemptKey & ResultColumns & { at: string }>(closingSql(SLOTS, end));

const DELIVERED = { status: 'delivered', reason: null, detail: null } as const;
const closeUndecided = plainClose(undefined);
const closeDelivered = plainClose(DELIVERED);
const closeCompleted = plainClose({ ...DELIVERED, entry: { status: 'completed' } });

/** The prepared statement of what happens most: nothing to alert of, nothing captured, no callback awaited. */
function plainCloseFor(
  { callback }: DeliverySubject,
  { refusedEarly, liveData }: TileAttemptResult,
  end: TileDeliveryEnd | undefined,
) {
  if (refusedEarly || liveData !== undefined) return undefined;
  if (end === undefined) return closeUndecided;
  if (end.status !== 'delivered' || callback !== undefined) return undefined;
  if (end.entry === undefined) return closeDelivered;
  return end.entry.status === 'completed' ? closeCompleted : undefined;
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
  const alerts = alertsOf({ ...subject, deliveryId }, { end, refusedEarly: false }, at);
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
    ${closeDeliveryAndEntrySql(subject, deliveryId, end, { at, awaited: endedCallbackSql(subject, deliveryId, end, at), ifTrue: ONCE_LOCKED })}
    ${alertAndPublishSql(alerts, { end, failed }, at)}`,
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
  const [row] = await rowsOf<Closed>(db, statement);
  return collect(db, row!);
}

/** What a statement published, and whether it ended the entry, if it was to. */
interface Closed {
  items: EventDeliveryItem[];
  done: boolean;
}

function collect(db: EnqueuingDatabase, { items, done }: Closed): boolean {
  db.enqueued.push(...items);
  return done;
}
