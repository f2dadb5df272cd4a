import { and, eq, lt, sql } from 'drizzle-orm';
import type { Database } from './connection/client';
import { idempotencyKeys } from './schema';

/** A key as one API key uses it on one route. Its row is written by the statement that does the work. */
export interface IdempotencyKey {
  apiKeyId: number;
  route: string;
  key: string;
}

export interface EarlierAnswer {
  bodyHash: Buffer;
  response: Record<string, unknown>;
}

/** What the same key was answered within the last 24 hours. */
export async function findEarlierAnswer(
  db: Database,
  key: IdempotencyKey,
): Promise<EarlierAnswer | undefined> {
  const [row] = await db
    .select({ bodyHash: idempotencyKeys.bodyHash, response: idempotencyKeys.response })
    .from(idempotencyKeys)
    .where(rowOf(key));
  return row;
}

/** Frees a key that was used more than 24 hours ago. True when there was one. */
export async function forgetExpiredKey(db: Database, key: IdempotencyKey): Promise<boolean> {
  const gone = await db
    .delete(idempotencyKeys)
    .where(and(rowOf(key), isExpired()))
    .returning({ key: idempotencyKeys.key });
  return gone.length > 0;
}

/** Forgets every key that was used more than 24 hours ago. */
export async function forgetExpiredKeys(db: Database): Promise<void> {
  await db.delete(idempotencyKeys).where(isExpired());
}

function isExpired() {
  return lt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`);
}

function rowOf({ apiKeyId, route, key }: IdempotencyKey) {
  return and(
    eq(idempotencyKeys.apiKeyId, apiKeyId),
    eq(idempotencyKeys.route, route),
    eq(idempotencyKeys.key, key),
  );
}
