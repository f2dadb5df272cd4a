import { and, desc, eq, getTableColumns, isNull, lt, sql } from 'drizzle-orm';
import type { DeliveryStatus } from '../../domain/webhooks/delivery';
import type { EventWebhookInput } from '../../domain/webhooks/event-webhook';
import type { Database } from '../connection/client';
import { eventWebhooks } from '../schema';
import { deleteSigningSecrets } from '../secrets/signing-secrets';

export type EventWebhookRow = typeof eventWebhooks.$inferSelect;

export async function insertEventWebhook(db: Database, values: EventWebhookInput): Promise<EventWebhookRow> {
  const [row] = await db.insert(eventWebhooks).values(values).returning();
  return row!;
}

/** The event webhook, unless there is none or it has been deleted. */
export async function findEventWebhook(db: Database, id: number): Promise<EventWebhookRow | undefined> {
  const [row] = await db.select().from(eventWebhooks).where(live(id));
  return row;
}

/** The same, with its row locked until the transaction ends. */
export async function lockEventWebhook(db: Database, id: number): Promise<EventWebhookRow | undefined> {
  const [row] = await db.select().from(eventWebhooks).where(live(id)).for('no key update');
  return row;
}

/** Undefined when there is none. */
export async function updateEventWebhook(
  db: Database,
  id: number,
  values: EventWebhookInput,
): Promise<EventWebhookRow | undefined> {
  const [row] = await db
    .update(eventWebhooks)
    .set({ ...values, updatedAt: sql`now()`, revision: sql`${eventWebhooks.revision} + 1` })
    .where(live(id))
    .returning();
  return row;
}

/** Marks an event webhook as deleted and deletes its Secret Keys. False when there is none. */
export async function markEventWebhookDeleted(db: Database, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const deleted = await tx
      .update(eventWebhooks)
      .set({ deletedAt: sql`now()` })
      .where(live(id))
      .returning({ id: eventWebhooks.id });
    await deleteSigningSecrets(tx, { eventWebhookId: id });
    return deleted.length > 0;
  });
}

/** An event webhook, and what became of the last event that was sent, or is to be sent, to it. */
export interface EventWebhookView extends EventWebhookRow {
  lastDelivery: { id: string; status: DeliveryStatus; createdAt: string } | null;
}

const VIEW = {
  ...getTableColumns(eventWebhooks),
  lastDelivery: sql<EventWebhookView['lastDelivery']>`(
    select json_build_object('id', id, 'status', status, 'createdAt', created_at) from deliveries
    where event_webhook_id = ${eventWebhooks}.id order by created_at desc, id desc limit 1)`,
};

/** Undefined when there is none, or it has been deleted. */
export async function viewEventWebhook(db: Database, id: number): Promise<EventWebhookView | undefined> {
  const [row] = await db.select(VIEW).from(eventWebhooks).where(live(id));
  return row;
}

/** Newest first: those before `before`. */
export function listEventWebhooks(
  db: Database,
  { before, limit }: { before?: number; limit: number },
): Promise<EventWebhookView[]> {
  return db
    .select(VIEW)
    .from(eventWebhooks)
    .where(
      and(isNull(eventWebhooks.deletedAt), before === undefined ? undefined : lt(eventWebhooks.id, before)),
    )
    .orderBy(desc(eventWebhooks.id))
    .limit(limit);
}

function live(id: number) {
  return and(eq(eventWebhooks.id, id), isNull(eventWebhooks.deletedAt));
}
