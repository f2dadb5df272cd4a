import { and, eq, lt, type SQL, sql } from 'drizzle-orm';
import { asJson, type Database, rowsOf } from './connection/client';
import { idempotencyKeys } from './schema';

/** An idempotency key of one API key on one route. Its row is inserted by the transaction that does the work. */
export interface IdempotencyKey {
  apiKeyId: number;
  route: string;
  key: string;
}

/** A request that came with a key. */
export interface IdempotentRequest extends IdempotencyKey {
  bodyHash: Buffer;
}

/** Another request with the same key was first: nothing of this one is stored. */
export class KeyTaken extends Error {}

/** Stores the response for a key. Throws `KeyTaken` when the key has one. */
export async function claimKey(tx: Database, request: IdempotentRequest, response: object): Promise<void> {
  const claimed = await rowsOf(tx, claimKeySql(request, response, sql`(select 1) once`));
  if (claimed.length === 0) throw new KeyTaken();
}

/** SQL that does the same if `from` has a row; it returns no row when the key has a response. */
export function claimKeySql(
  { apiKeyId, route, key, bodyHash }: IdempotentRequest,
  response: object,
  from: SQL,
): SQL {
  return sql`
      insert into idempotency_keys (api_key_id, route, key, body_hash, response)
      select ${apiKeyId}::int, ${route}, ${key}, ${bodyHash}::bytea, ${asJson(response)} from ${from}
      on conflict do nothing
      returning 1`;
}

export interface EarlierAnswer {
  bodyHash: Buffer;
  response: Record<string, unknown>;
}

/** The response to the same key within the last 24 hours. */
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

/** Deletes a key that was used more than 24 hours ago. True when there was one. */
export async function deleteExpiredKey(db: Database, key: IdempotencyKey): Promise<boolean> {
  const deleted = await db
    .delete(idempotencyKeys)
    .where(and(rowOf(key), isExpired()))
    .returning({ key: idempotencyKeys.key });
  return deleted.length > 0;
}

/** Deletes every key that was used more than 24 hours ago. */
export async function deleteExpiredKeys(db: Database): Promise<void> {
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
