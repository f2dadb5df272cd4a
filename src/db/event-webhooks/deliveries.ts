import { sql } from 'drizzle-orm';
import type { EventType } from '../../domain/webhooks/event-webhook';
import { asTime, type Database, rowsOf } from '../connection/client';
import { type AttemptKey, type DeliveryState, joinAttemptsSoFar } from '../deliveries/deliveries';
import { type AttemptResult, closeAttemptSql, columnsOf } from '../deliveries/attempts';
import { closeDeliverySql, type DeliveryEnd } from '../deliveries/close-sql';
import type { Sealer } from '../secrets/seal';
import { openKey, type SealedKey, sealedKeysOf, type SigningSecret } from '../secrets/signing-secrets';

/* Event deliveries. Their rows are inserted with the event (`publish`), and deleted with it. */

/** Everything that an event's request is made of, and the progress of its delivery. */
export interface EventDelivery extends DeliveryState {
  deliveryId: string;
  event: { id: string; type: EventType; data: Record<string, unknown>; createdAt: string };
  webhook: { id: number; targetUrl: string; enabled: boolean; sendSecretKey: boolean; deleted: boolean };
  /** The Secret Keys of the webhook, the latest first. */
  keys: SigningSecret[];
}

type Row = Omit<EventDelivery, 'request' | 'keys'> & { request: Uint8Array | null; keys: SealedKey[] };

/** Undefined when the delivery was deleted, with the user of its event. */
export async function findEventDelivery(
  db: Database,
  sealer: Sealer,
  id: string,
): Promise<EventDelivery | undefined> {
  const [row] = await rowsOf<Row>(
    db,
    sql`
    select delivery.id as "deliveryId", delivery.status, delivery.reason, delivery.detail, delivery.generation,
      delivery.request, so_far.attempts_used as "attemptsUsed", so_far.last_retry_reason as "lastRetryReason",
      so_far.open, so_far.next_attempt_at as "nextAttemptAt", so_far.last_number as "lastNumber",
      json_build_object('id', event.id, 'type', event.type, 'data', event.data, 'createdAt', event.created_at) as event,
      json_build_object('id', webhook.id, 'targetUrl', target_url, 'enabled', enabled,
        'sendSecretKey', send_secret_key, 'deleted', deleted_at is not null) as webhook,
      ${sealedKeysOf(sql`webhook.id`)} as keys
    from deliveries delivery
    join published_events event on event.id = delivery.event_id
    join event_webhooks webhook on webhook.id = delivery.event_webhook_id
    ${joinAttemptsSoFar(sql`delivery`)}
    where delivery.id = ${id}`,
  );
  return (
    row && {
      ...row,
      request: row.request && Buffer.from(row.request),
      keys: row.keys.map((key) => openKey(sealer, key)),
    }
  );
}

/**
 * Inserts an attempt's row and, at the first attempt, saves the sealed request. False when the delivery is closed or
 * deleted: then nothing may be sent.
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
    with open_delivery as (
      update deliveries set request = coalesce(request, ${request}::bytea)
      where id = ${deliveryId} and status = 'pending' returning id
    )
    insert into attempts (delivery_id, generation, number, started_at)
    select id, ${generation}::int, ${number}::int, ${asTime(at)} from open_delivery
    returning 1`,
  );
  return opened.length > 0;
}

/** Closes an attempt's row and, with `end`, the delivery. */
export async function closeEventAttempt(
  db: Database,
  attempt: AttemptKey,
  result: AttemptResult,
  end: DeliveryEnd | undefined,
  at: number,
): Promise<void> {
  await db.execute(sql`
    with attempt as (${closeAttemptSql(attempt, columnsOf(result))})
    ${end && sql`, closed_delivery as (${closeDeliverySql(attempt.deliveryId, end, at)})`}
    select 1`);
}

/** Closes a delivery without an open attempt. */
export async function closeEventDelivery(
  db: Database,
  deliveryId: string,
  end: DeliveryEnd,
  at: number,
): Promise<void> {
  await db.execute(closeDeliverySql(deliveryId, end, at));
}

/** Those of these workflow ids whose event delivery is pending. */
export async function pendingEventDeliveries(db: Database, workflowIds: string[]): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select id from deliveries
        where id = any(${sql.param(workflowIds)}::text[]) and event_id is not null and status = 'pending'`,
  );
  return rows.map(({ id }) => id);
}
