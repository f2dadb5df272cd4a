import { and, asc, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { StoredWebhook } from '../../domain/webhooks/webhook';
import type { Database } from '../connection/client';
import { webhooks } from '../schema';
import { deleteSigningSecrets } from '../secrets/signing-secrets';
import { tilesRelyingOn, usedByJourney } from './uses';

export type WebhookRow = Omit<typeof webhooks.$inferSelect, 'deletedAt'>;

const COLUMNS = {
  id: webhooks.id,
  name: webhooks.name,
  definition: webhooks.definition,
  secretId: webhooks.secretId,
  createdAt: webhooks.createdAt,
  updatedAt: webhooks.updatedAt,
  revision: webhooks.revision,
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

/** The same, with its row locked until the transaction ends: while a webhook is edited, its secret does not change. */
export async function lockWebhook(db: Database, id: number): Promise<WebhookRow | undefined> {
  const [row] = await db.select(COLUMNS).from(webhooks).where(live(id)).for('no key update');
  return row;
}

export async function updateWebhook(db: Database, id: number, values: WebhookValues): Promise<WebhookRow> {
  const [row] = await db
    .update(webhooks)
    .set({ ...values, updatedAt: sql`now()`, revision: sql`${webhooks.revision} + 1` })
    .where(live(id))
    .returning(COLUMNS);
  return row!;
}

/** Marks a webhook as deleted and deletes its signing secrets. Its id is never used again. */
export async function markWebhookDeleted(db: Database, id: number): Promise<void> {
  await deleteSigningSecrets(db, { webhookId: id });
  await db
    .update(webhooks)
    .set({ deletedAt: sql`now()`, secretId: null })
    .where(live(id));
}

export interface WebhookFilter {
  /** Part of the name, in any case. */
  name?: string;
  /** A journey that relies on it. */
  usedBy?: number;
}

/** A webhook and how many tiles rely on it. */
export type ListedWebhookRow = WebhookRow & { tiles: number };

/** Newest first: those before `before`. */
export function listWebhooks(
  db: Database,
  { name, usedBy }: WebhookFilter,
  { before, limit }: { before?: number; limit: number },
): Promise<ListedWebhookRow[]> {
  return db
    .select({ ...COLUMNS, tiles: tilesRelyingOn(webhooks.id) })
    .from(webhooks)
    .where(
      and(
        isNull(webhooks.deletedAt),
        name === undefined ? undefined : sql`strpos(lower(${webhooks.name}), lower(${name})) > 0`,
        usedBy === undefined ? undefined : sql`${webhooks.id} = any(${usedByJourney(usedBy)})`,
        before === undefined ? undefined : lt(webhooks.id, before),
      ),
    )
    .orderBy(desc(webhooks.id))
    .limit(limit);
}

/**
 * Those of these webhooks that exist, unchanged until the transaction ends: publishing a tile that names one waits for
 * an edit or deletion of it, and the other way round.
 */
export async function shareLockWebhooks(db: Database, ids: number[]): Promise<Map<number, WebhookRow>> {
  return lockInOrder(db, ids, 'share');
}

/** The same, with the rows locked for a change. */
export async function lockWebhooks(db: Database, ids: number[]): Promise<Map<number, WebhookRow>> {
  return lockInOrder(db, ids, 'no key update');
}

/** In order of id, so that no two transactions deadlock. */
async function lockInOrder(
  db: Database,
  ids: number[],
  strength: 'share' | 'no key update',
): Promise<Map<number, WebhookRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select(COLUMNS)
    .from(webhooks)
    .where(and(inArray(webhooks.id, ids), isNull(webhooks.deletedAt)))
    .orderBy(asc(webhooks.id))
    .for(strength);
  return new Map(rows.map((row) => [row.id, row]));
}

function live(id: number) {
  return and(eq(webhooks.id, id), isNull(webhooks.deletedAt));
}
