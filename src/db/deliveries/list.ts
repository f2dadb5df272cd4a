import { and, asc, desc, eq, getTableColumns, gte, sql } from 'drizzle-orm';
import type { DeliveryStatus } from '../../domain/webhooks/delivery';
import type { Database } from '../connection/client';
import { attempts, deliveries } from '../schema';

/** A delivery, and whether its entry is a test run. */
export type DeliveryRow = typeof deliveries.$inferSelect & { test: boolean };
export type AttemptRow = typeof attempts.$inferSelect;

const COLUMNS = {
  ...getTableColumns(deliveries),
  test: sql<boolean>`coalesce((select entries.test from entries where entries.id = ${deliveries.entryId}), false)`,
};

export interface DeliveryFilter {
  entryId?: string;
  webhookId?: number;
  eventWebhookId?: number;
  journeyId?: number;
  status?: DeliveryStatus;
  /** Created at or after this time. */
  since?: Date;
}

/** The position of a delivery in the list: ids are hashes, so time comes first. */
export interface DeliveryPageKey {
  createdAt: string;
  id: string;
}

/** Newest first: the deliveries after `place` in that order. */
export function listDeliveries(
  db: Database,
  { entryId, webhookId, eventWebhookId, journeyId, status, since }: DeliveryFilter,
  { place, limit }: { place?: DeliveryPageKey; limit: number },
): Promise<DeliveryRow[]> {
  return db
    .select(COLUMNS)
    .from(deliveries)
    .where(
      and(
        entryId === undefined ? undefined : eq(deliveries.entryId, entryId),
        webhookId === undefined ? undefined : eq(deliveries.webhookId, webhookId),
        eventWebhookId === undefined ? undefined : eq(deliveries.eventWebhookId, eventWebhookId),
        journeyId === undefined ? undefined : eq(deliveries.journeyId, journeyId),
        status === undefined ? undefined : eq(deliveries.status, status),
        since === undefined ? undefined : gte(deliveries.createdAt, since),
        place &&
          sql`(${deliveries.createdAt}, ${deliveries.id}) < (${place.createdAt}::timestamptz, ${place.id})`,
      ),
    )
    .orderBy(desc(deliveries.createdAt), desc(deliveries.id))
    .limit(limit);
}

/** A delivery with its attempts, first to last. */
export async function findDelivery(
  db: Database,
  id: string,
): Promise<{ delivery: DeliveryRow; attempts: AttemptRow[] } | undefined> {
  const [delivery] = await db.select(COLUMNS).from(deliveries).where(eq(deliveries.id, id));
  if (delivery === undefined) return undefined;
  const rows = await db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, id))
    .orderBy(asc(attempts.generation), asc(attempts.number));
  return { delivery, attempts: rows };
}
