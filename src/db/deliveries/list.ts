import { and, asc, desc, eq, getTableColumns, gte, sql } from 'drizzle-orm';
import type { Reason } from '../../domain/entry';
import type { DeliveryStatus } from '../../domain/webhooks/delivery';
import type { Database } from '../connection/client';
import { attempts, deliveries, entries, users } from '../schema';
import { emailIs } from '../users/lock';

/** A delivery with the names of what it belongs to, and whether its entry is a test run. */
type Named = Omit<typeof deliveries.$inferSelect, 'request'> & {
  test: boolean;
  journeyName: string | null;
  webhookName: string | null;
  /** Of whom its entry is; null of an event, and once they were erased. */
  email: string | null;
  userId: string | null;
};
/** One of a list, which needs no request. */
export type ListedDelivery = Named & { made: AttemptSummary };
export type DeliveryRow = Named & Pick<typeof deliveries.$inferSelect, 'request'>;
export type AttemptRow = typeof attempts.$inferSelect;

interface AttemptSummary {
  attemptCount: number;
  /** Of the last request with a known result. */
  lastStatus: number | null;
  durationMs: number | null;
}

const { request, ...LISTED } = getTableColumns(deliveries);
const { id, journeyId, webhookId, eventWebhookId } = deliveries;
const NAMED = {
  ...LISTED,
  test: sql<boolean>`coalesce(${entries.test}, false)`,
  email: users.email,
  userId: users.userId,
  journeyName: sql<string | null>`(select name from journeys where journeys.id = ${journeyId})`,
  webhookName: sql<string | null>`coalesce(
    (select name from webhooks where webhooks.id = ${webhookId}),
    (select name from event_webhooks where event_webhooks.id = ${eventWebhookId}))`,
};
const MADE = sql<AttemptSummary>`(
  select json_build_object('attemptCount', count(*),
    'lastStatus', (array_agg(status order by generation desc, number desc) filter (where outcome is not null))[1],
    'durationMs', (array_agg(duration_ms order by generation desc, number desc) filter (where outcome is not null))[1])
  from attempts where delivery_id = ${id})`;

export interface DeliveryFilter {
  entryId?: string;
  /** Of the user of its entry. */
  email?: string;
  userId?: string;
  webhookId?: number;
  eventWebhookId?: number;
  journeyId?: number;
  tileId?: string;
  status?: DeliveryStatus;
  /** Why it failed. */
  reason?: Reason;
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
  filter: DeliveryFilter,
  { place, limit }: { place?: DeliveryPageKey; limit: number },
): Promise<ListedDelivery[]> {
  const { entryId, email, userId, webhookId, eventWebhookId, journeyId, tileId, status, reason, since } =
    filter;
  return db
    .select({ ...NAMED, made: MADE })
    .from(deliveries)
    .leftJoin(entries, eq(entries.id, deliveries.entryId))
    .leftJoin(users, eq(users.id, entries.userId))
    .where(
      and(
        entryId === undefined ? undefined : eq(deliveries.entryId, entryId),
        email === undefined ? undefined : emailIs(email),
        userId === undefined ? undefined : eq(users.userId, userId),
        webhookId === undefined ? undefined : eq(deliveries.webhookId, webhookId),
        eventWebhookId === undefined ? undefined : eq(deliveries.eventWebhookId, eventWebhookId),
        journeyId === undefined ? undefined : eq(deliveries.journeyId, journeyId),
        tileId === undefined ? undefined : eq(deliveries.tileId, tileId),
        status === undefined ? undefined : eq(deliveries.status, status),
        reason === undefined ? undefined : eq(deliveries.reason, reason),
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
  const [delivery] = await db
    .select({ ...NAMED, request })
    .from(deliveries)
    .leftJoin(entries, eq(entries.id, deliveries.entryId))
    .leftJoin(users, eq(users.id, entries.userId))
    .where(eq(deliveries.id, id));
  if (delivery === undefined) return undefined;
  const rows = await db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, id))
    .orderBy(asc(attempts.generation), asc(attempts.number));
  return { delivery, attempts: rows };
}
