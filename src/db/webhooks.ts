import { and, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { StoredWebhook } from '../domain/webhook';
import type { Database } from './client';
import { webhooks } from './schema';
import { deleteSigningSecrets } from './signingSecrets';

export type WebhookRow = Omit<typeof webhooks.$inferSelect, 'deletedAt'>;

const COLUMNS = {
  id: webhooks.id,
  name: webhooks.name,
  definition: webhooks.definition,
  secretId: webhooks.secretId,
  createdAt: webhooks.createdAt,
  updatedAt: webhooks.updatedAt,
};

export interface WebhookValues {
  name: string;
  definition: StoredWebhook;
  secretId: string | null;
}

export async function insertWebhook(db: Database, values: WebhookValues): Promise<WebhookRow> {
  const [row] = await db.insert(webhooks).values(values).returning(COLUMNS);
  return row!;
}

/** The webhook, unless there is none or it has been deleted. */
export async function findWebhook(db: Database, id: number): Promise<WebhookRow | undefined> {
  const [row] = await db.select(COLUMNS).from(webhooks).where(live(id));
  return row;
}

/** The same, with its row locked until the transaction ends: whoever edits a webhook holds its secret still. */
export async function lockWebhook(db: Database, id: number): Promise<WebhookRow | undefined> {
  const [row] = await db.select(COLUMNS).from(webhooks).where(live(id)).for('update');
  return row;
}

export async function updateWebhook(db: Database, id: number, values: WebhookValues): Promise<WebhookRow> {
  const [row] = await db
    .update(webhooks)
    .set({ ...values, updatedAt: sql`now()` })
    .where(live(id))
    .returning(COLUMNS);
  return row!;
}

/** Hides a webhook for good and lets go of its secrets. Its id is never used again. */
export async function markWebhookDeleted(db: Database, id: number): Promise<void> {
  await deleteSigningSecrets(db, id);
  await db
    .update(webhooks)
    .set({ deletedAt: sql`now()`, secretId: null })
    .where(live(id));
}

/** Newest first: those before `before`, whose name contains `name` in any case. */
export function listWebhooks(
  db: Database,
  { name, before, limit }: { name?: string; before?: number; limit: number },
): Promise<WebhookRow[]> {
  return db
    .select(COLUMNS)
    .from(webhooks)
    .where(
      and(
        isNull(webhooks.deletedAt),
        name === undefined ? undefined : sql`strpos(lower(${webhooks.name}), lower(${name})) > 0`,
        before === undefined ? undefined : lt(webhooks.id, before),
      ),
    )
    .orderBy(desc(webhooks.id))
    .limit(limit);
}

/** Those of these webhooks that have not been deleted, by id. */
export async function findWebhooks(db: Database, ids: number[]): Promise<Map<number, WebhookRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select(COLUMNS)
    .from(webhooks)
    .where(and(inArray(webhooks.id, ids), isNull(webhooks.deletedAt)));
  return new Map(rows.map((row) => [row.id, row]));
}

function live(id: number) {
  return and(eq(webhooks.id, id), isNull(webhooks.deletedAt));
}
