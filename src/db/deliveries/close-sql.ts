import { type SQL, sql } from 'drizzle-orm';
import type { EntryEnd, Reason } from '../../domain/entry';
import { asJson, asTime } from '../connection/client';
import type { Slot, Slots } from '../connection/prepared';
import { closeEntrySql, entryEndedEvent } from '../entries/close';
import { type Claimant, IS_OPEN, type Owner } from '../entries/entries';
import {
  deliveryFailedEvent,
  type EventDraft,
  publish,
  publishedDeliveries,
} from '../event-webhooks/publish';
import { deliveryAlerts } from '../notifications/alerts';
import { notificationEvent } from '../notifications/notifications';
import { closeAttemptSql, type ResultColumns } from './attempts';
import { endCallbackSql } from './callbacks';
import type { AttemptKey, TileVisit } from './deliveries';

/* The statements that close an attempt, its delivery and perhaps its entry, in parts. */

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

/** What varies between two statements that close an attempt in the same way. */
export interface Closing {
  owner: Slots<Claimant>;
  attempt: Slots<AttemptKey>;
  columns: Slots<ResultColumns>;
  at: Slot<number>;
}

/** What a statement that closes an attempt does besides, where there is something. */
interface ClosedToo {
  alerts?: Alerts;
  /** See `endedCallbackSql`. */
  awaited?: SQL;
  liveData?: Record<string, unknown>;
}

/** SQL of `closeAttempt`. */
export function closingSql(
  { owner, attempt, columns, at }: Closing,
  end: TileDeliveryEnd | undefined,
  { alerts, awaited, liveData }: ClosedToo = {},
): SQL {
  const changesEntry = liveData !== undefined || end?.entry !== undefined;
  return sql`
    with ${lockEntryFirstSql(changesEntry ? owner.entryId : undefined)},
    attempt as (${closeAttemptSql(attempt, columns, ONCE_LOCKED)})
    ${saveLiveDataSql(owner, liveData, end)}
    ${end && closeDeliveryAndEntrySql(owner, attempt.deliveryId, end, { at, awaited, ifTrue: onceRun('attempt') })}
    ${alertAndPublishSql(alerts, { end, failed: sql`closed_delivery` }, at)}`;
}

/**
 * SQL of a `with` query for a statement that may change an entry beside its delivery: it locks the entry. All others wait
 * for it by `ONCE_LOCKED`, so that the statement never waits for the entry with a delivery locked: see `users/lock.ts`.
 * The one that changes the entry does so too: a row that its own statement has changed is not locked, and not found.
 */
export function lockEntryFirstSql(entryId: Slot<string> | undefined): SQL {
  return entryId === undefined
    ? sql`locked_entry as (select 1)`
    : sql`locked_entry as (select 1 from entries where id = ${entryId} for no key update)`;
}

/** SQL of a condition that is true once `locked_entry` has its row. */
export const ONCE_LOCKED = sql`exists (select 1 from locked_entry)`;

/**
 * SQL of a condition that is true once a `with` query that changes rows has run. Where nothing reads them, Postgres runs
 * the last of them first.
 */
function onceRun(query: 'attempt' | 'closed_delivery'): SQL {
  return sql`(select count(*) from ${sql.identifier(query)}) >= 0`;
}

/** Nothing when the entry ends: live data goes with it, and one statement may not update a row twice. */
function saveLiveDataSql(
  { entryId }: Slots<Owner>,
  liveData: Record<string, unknown> | undefined,
  end: TileDeliveryEnd | undefined,
) {
  if (liveData === undefined || end?.entry) return undefined;
  return sql`, saved_live_data as (
      update entries set live_data = ${asJson(liveData)} where id = ${entryId} and ${IS_OPEN} and ${ONCE_LOCKED}
    )`;
}

/** The columns that the event `delivery.failed` is made of. */
export const DELIVERY_COLUMNS = sql.raw(
  'id, entry_id, journey_id, tile_id, webhook_id, status, reason, detail, created_at, ended_at',
);

/** SQL that closes a delivery if it is pending. */
export function closeDeliverySql(
  deliveryId: Slot<string>,
  { status, reason, detail }: DeliveryEnd,
  at: Slot<number>,
  ifTrue = sql`true`,
): SQL {
  return sql`
    update deliveries set
      status = ${status}, reason = ${reason}::text, detail = ${detail}::text, ended_at = ${asTime(at)}
    where id = ${deliveryId} and status = 'pending' and ${ifTrue}
    returning ${DELIVERY_COLUMNS}`;
}

/**
 * SQL of further `with` queries: `closed_delivery`, which waits for `ifTrue`, and, where the entry ends, `ended` (see
 * `deliveryAlerts`).
 */
export function closeDeliveryAndEntrySql(
  owner: Slots<Claimant>,
  deliveryId: Slot<string>,
  end: TileDeliveryEnd,
  { at, awaited, ifTrue }: { at: Slot<number>; awaited: SQL | undefined; ifTrue: SQL },
): SQL {
  const closeEntry =
    end.entry && sql`, ended as (${closeEntrySql(owner, end.entry, at, { ifTrue: ONCE_LOCKED })})`;
  return sql`, closed_delivery as (${closeDeliverySql(deliveryId, end, at, ifTrue)})${awaited}${closeEntry}`;
}

/** SQL of a further `with` query, where the endpoint may call back. */
export function endedCallbackSql(
  { callback }: DeliverySubject,
  deliveryId: string,
  end: TileDeliveryEnd | undefined,
  at: number,
): SQL | undefined {
  if (!callback || !end) return undefined;
  return sql`, awaited as (${endCallbackSql(deliveryId, end.awaitsMs, at, onceRun('closed_delivery'))})`;
}

/** Notifications for operators, and the event that each is published as. */
interface Alerts {
  raised: SQL;
  event: EventDraft;
}

/** Undefined when there are none. A test run alerts nobody. */
export function alertsOf(
  subject: DeliverySubject & { deliveryId: string },
  { end, refusedEarly }: { end: TileDeliveryEnd | undefined; refusedEarly: boolean },
  at: number,
): Alerts | undefined {
  const raised = subject.test ? undefined : deliveryAlerts(subject, { end: end?.entry, refusedEarly }, at);
  return raised && { raised, event: notificationEvent(at) };
}

/**
 * SQL of the rest of the statement: it counts notifications, publishes events, and selects the event deliveries to
 * dispatch as `items`, and as `done` whether the entry ended, if it was to. `failed` is the query with the failed
 * delivery.
 */
export function alertAndPublishSql(
  alerts: Alerts | undefined,
  { end, failed }: { end?: TileDeliveryEnd; failed: SQL },
  at: Slot<number>,
): SQL {
  const entryEnd = end?.entry;
  const drafts = [
    ...(end?.status === 'failed' ? [deliveryFailedEvent(failed, at)] : []),
    ...(entryEnd ? [entryEndedEvent(entryEnd, sql`ended`, at)] : []),
    ...(alerts ? [alerts.event] : []),
  ];
  return sql`
    ${alerts && sql`, raised as (${alerts.raised})`}
    ${drafts.length === 0 ? sql`select '[]'::json as items` : sql`, ${publish(drafts)} select ${publishedDeliveries} as items`},
      ${entryEnd ? sql`exists (select 1 from ended)` : sql`true`} as done`;
}
