import { sql } from 'drizzle-orm';
import type { EventType } from '../../domain/webhooks/event-webhook';
import { asTime, type Database, rowsOf } from '../connection/client';
import { type AttemptKey, type DeliveryState, joinAttemptsSoFar } from '../deliveries/deliveries';
import { type AttemptResult, closeAttemptSql, type DeliveryEnd, closeDeliverySql } from '../deliveries/close';

/* Deliveries of events. Their rows are made with the event (`tell`), and go with it. */

/** What the delivery of an event is made of, and what came of it so far. */
export interface EventDelivery extends DeliveryState {
  deliveryId: string;
  event: { id: string; type: EventType; data: Record<string, unknown>; createdAt: string };
  webhook: { id: number; targetUrl: string; enabled: boolean; sendSecretKey: boolean; deleted: boolean };
}

/** Undefined when the delivery is gone, with the user whom its event tells of. */
export async function findEventDelivery(db: Database, id: string): Promise<EventDelivery | undefined> {
  const [row] = await rowsOf<Omit<EventDelivery, 'request'> & { request: Uint8Array | null }>(
    db,
    sql`
    select made.id as "deliveryId", made.status, made.reason, made.detail, made.generation, made.request,
      past.counted, past.last_reason as "lastReason", past.open_numbers as "openNumbers", past.last_number as "lastNumber",
      json_build_object('id', event.id, 'type', event.type, 'data', event.data, 'createdAt', event.created_at) as event,
      json_build_object('id', webhook.id, 'targetUrl', target_url, 'enabled', enabled,
        'sendSecretKey', send_secret_key, 'deleted', deleted_at is not null) as webhook
    from deliveries made
    join published_events event on event.id = made.event_id
    join event_webhooks webhook on webhook.id = made.event_webhook_id
    ${joinAttemptsSoFar(sql`made`)}
    where made.id = ${id}`,
  );
  return row && { ...row, request: row.request && Buffer.from(row.request) };
}

/**
 * Opens an attempt's row, and keeps the sealed request at the first one. False when the delivery is closed or gone: then
 * nothing may be sent.
 */
export async function openEventAttempt(
  db: Database,
  { deliveryId, generation, number }: AttemptKey,
  request: Buffer | null,
  at: number,
): Promise<boolean> {
  const opened = await rowsOf(
    db,
    sql`
    with mine as (
      update deliveries set request = coalesce(request, ${request}::bytea)
      where id = ${deliveryId} and status = 'pending' returning id
    )
    insert into attempts (delivery_id, generation, number, started_at)
    select id, ${generation}::int, ${number}::int, ${asTime(at)} from mine
    returning 1`,
  );
  return opened.length > 0;
}

/** Closes an attempt's row, and with it the delivery as far as the answer settles it. */
export async function closeEventAttempt(
  db: Database,
  attempt: AttemptKey,
  result: AttemptResult,
  end: DeliveryEnd | undefined,
  at: number,
): Promise<void> {
  await db.execute(sql`
    with attempt as (${closeAttemptSql(attempt, result)})
    ${end && sql`, closed as (${closeDeliverySql(attempt.deliveryId, end, at)})`}
    select 1`);
}

/** Ends a delivery that needs no attempt's row to close. */
export async function closeEventDelivery(
  db: Database,
  deliveryId: string,
  end: DeliveryEnd,
  at: number,
): Promise<void> {
  await db.execute(closeDeliverySql(deliveryId, end, at));
}

/** Those of these workflows whose event is still to be delivered. */
export async function pendingEventDeliveries(db: Database, workflowIds: string[]): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select id from deliveries
        where id = any(${sql.param(workflowIds)}::text[]) and event_id is not null and status = 'pending'`,
  );
  return rows.map(({ id }) => id);
}
