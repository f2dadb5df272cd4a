import { and, count, desc, eq, type SQL, sql } from 'drizzle-orm';
import { NotificationKind, rankOfKind } from '../../domain/notification';
import { asTime, type Database } from '../connection/client';
import { journeys, notifications, webhooks } from '../schema';
import { type EventDraft, isoTime, publish } from '../event-webhooks/publish';

/** One thing that happened. What it is about decides which notification counts it. */
export interface Alert {
  kind: NotificationKind;
  /** Null for an inline webhook: then the tile stands for it. */
  webhookId: number | null;
  journeyId: number | null;
  tileId: string | null;
  entryId: string | null;
  deliveryId: string | null;
  /** A sentence without data of a user. */
  detail: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

/** SQL of one occurrence, for each row of `source`, a query's name in the same statement. */
export function alertRow(occurrence: Alert, source: SQL): SQL {
  const { kind, webhookId, journeyId, tileId, entryId, deliveryId, detail, at } = occurrence;
  return sql`
    select ${kind}::text, ${subjectOf(occurrence)}::text, ${webhookId}::int, ${journeyId}::int, ${tileId}::text,
      ${entryId}::text, ${deliveryId}::text, ${detail}::text, ${asTime(at)}, ${asTime(at)} from ${source}`;
}

/**
 * SQL that counts occurrences: each makes its notification, or finds it and makes it unread again. Those of
 * one statement are counted in the order given, so that two statements never wait for each other.
 */
export function countAlerts(occurrences: SQL[]): SQL {
  return sql`
    insert into notifications as known
      (kind, subject, webhook_id, journey_id, tile_id, last_entry_id, last_delivery_id, detail, created_at, updated_at)
    ${sql.join(occurrences, sql` union all `)}
    on conflict (subject, kind) do update set
      journey_id = excluded.journey_id, tile_id = excluded.tile_id,
      last_entry_id = excluded.last_entry_id, last_delivery_id = excluded.last_delivery_id,
      detail = excluded.detail, count = known.count + 1, read = false,
      since_read = case when known.read then 1 else known.since_read + 1 end,
      updated_at = greatest(known.updated_at, excluded.updated_at)
    returning *`;
}

/**
 * The event of notifications that the query `raised` of the statement counts: only of one that is new, or that was read
 * and is unread again, or a webhook that fails for ten thousand users would publish as many events.
 */
export function notificationEvent(at: number): EventDraft {
  const data = sql`json_build_object('notification', json_build_object(
        'id', id, 'kind', kind, 'webhookId', webhook_id, 'journeyId', journey_id, 'tileId', tile_id,
        'webhookName', (select name from webhooks where webhooks.id = webhook_id),
        'journeyName', (select name from journeys where journeys.id = journey_id),
        'lastEntryId', last_entry_id, 'lastDeliveryId', last_delivery_id, 'detail', detail, 'count', count,
        'createdAt', ${isoTime(sql`created_at`)}, 'updatedAt', ${isoTime(sql`updated_at`)}))`;
  return {
    type: 'notification.created',
    from: sql`(select * from raised where since_read = 1) raised`,
    data,
    user: sql`null`,
    at: asTime(at),
  };
}

/** Raises a notification that belongs to no delivery's statement. Its event is dispatched by the next sweep. */
export async function raiseNotification(db: Database, occurrence: Alert): Promise<void> {
  const raised = countAlerts([alertRow(occurrence, sql`(select 1) once`)]);
  await db.execute(
    sql`with raised as (${raised}), ${publish([notificationEvent(occurrence.at)], 'anyProcess')} select 1`,
  );
}

function subjectOf({ webhookId, journeyId, tileId }: Alert): string {
  if (webhookId !== null) return `webhook/${webhookId}`;
  return journeyId === null ? 'all' : `tile/${journeyId}/${tileId}`;
}

export type NotificationRow = Awaited<ReturnType<typeof selectNotifications>>[number];

function selectNotifications(db: Database) {
  return db
    .select({
      id: notifications.id,
      kind: notifications.kind,
      webhookId: notifications.webhookId,
      webhookName: webhooks.name,
      journeyId: notifications.journeyId,
      journeyName: journeys.name,
      tileId: notifications.tileId,
      lastEntryId: notifications.lastEntryId,
      lastDeliveryId: notifications.lastDeliveryId,
      detail: notifications.detail,
      count: notifications.count,
      read: notifications.read,
      createdAt: notifications.createdAt,
      updatedAt: notifications.updatedAt,
    })
    .from(notifications)
    .leftJoin(webhooks, eq(webhooks.id, notifications.webhookId))
    .leftJoin(journeys, eq(journeys.id, notifications.journeyId))
    .$dynamic();
}

/** What the list goes by: when it happened last, or first, or how bad it is and then when last. */
export type NotificationOrder = 'updatedAt' | 'createdAt' | 'level';

export interface NotificationFilter {
  /** Only those read, or only those not. */
  read?: boolean;
  order: NotificationOrder;
}

/** A notification's place in the list. */
export interface NotificationPageKey {
  /** Of what the list goes by: 0 where that is no level. */
  rank: number;
  at: string;
  id: number;
}

/** What a notification goes by. */
export function placeOf(
  { id, kind, createdAt, updatedAt }: NotificationRow,
  order: NotificationOrder,
): NotificationPageKey {
  const at = order === 'createdAt' ? createdAt : updatedAt;
  return { rank: order === 'level' ? rankOfKind(kind) : 0, at: at.toISOString(), id };
}

/** The last ones first, or the worst: the notifications after `place` in that order. */
export function listNotifications(
  db: Database,
  { read, order }: NotificationFilter,
  { place, limit }: { place?: NotificationPageKey; limit: number },
): Promise<NotificationRow[]> {
  const { id } = notifications;
  const at = order === 'createdAt' ? notifications.createdAt : notifications.updatedAt;
  const rank = order === 'level' ? rankSql() : sql`0`;
  return selectNotifications(db)
    .where(
      and(
        read === undefined ? undefined : read ? notifications.read : isUnread,
        place &&
          sql`(${rank}, ${at}, ${id}) < (${place.rank}::int, ${place.at}::timestamptz, ${place.id}::int)`,
      ),
    )
    .orderBy(...(order === 'level' ? [desc(rank)] : []), desc(at), desc(id))
    .limit(limit);
}

/** SQL of how bad a notification is. */
function rankSql(): SQL {
  const ranks = NotificationKind.options.map((kind) => sql`when ${kind} then ${rankOfKind(kind)}::int`);
  return sql`case ${notifications.kind} ${sql.join(ranks, sql` `)} else ${rankOfKind('')}::int end`;
}

export async function countUnread(db: Database): Promise<number> {
  const [row] = await db.select({ unread: count() }).from(notifications).where(isUnread);
  return row!.unread;
}

/** Marks one as read or unread; when it last happened stays. Undefined when there is none of this id. */
export async function markNotification(
  db: Database,
  id: number,
  read: boolean,
): Promise<NotificationRow | undefined> {
  await db.update(notifications).set({ read }).where(eq(notifications.id, id));
  const [row] = await selectNotifications(db).where(eq(notifications.id, id));
  return row;
}

/** Marks all as read and returns how many were not. */
export async function markAllRead(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    // Many rows at once: without the lock, an entry that exits meanwhile could wait for this, and this for it.
    await tx.execute(sql`lock table notifications in share row exclusive mode`);
    const marked = await tx.update(notifications).set({ read: true }).where(isUnread).returning();
    return marked.length;
  });
}

const isUnread = sql`not ${notifications.read}`;
