import { createHash, randomBytes } from 'node:crypto';
import { and, arrayContains, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { ApiKeyInput, Scope } from '../domain/api-key';
import type { Database } from './connection/client';
import { apiKeys } from './schema';

export interface ApiKey {
  id: number;
  name: string;
  scopes: Scope[];
}

/** A key as it is listed. */
export interface ApiKeyRow extends ApiKey {
  createdAt: Date;
}

const COLUMNS = {
  id: apiKeys.id,
  name: apiKeys.name,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
};

/** A new key, in plain text. Only its hash is stored. */
export function newApiKey(): string {
  return `wh_${randomBytes(32).toString('base64url')}`;
}

/** Makes sure that a key is known, with this name and these scopes. A revoked key stays revoked. */
export async function ensureApiKey(
  db: Database,
  key: string,
  name: string,
  scopes: Scope[],
): Promise<{ id: number; created: boolean }> {
  const [row] = await db
    .insert(apiKeys)
    .values({ name, keyHash: hashOf(key), scopes })
    .onConflictDoUpdate({ target: apiKeys.keyHash, set: { name, scopes } })
    .returning({ id: apiKeys.id, created: sql<boolean>`xmax = 0` });
  return row!;
}

export async function insertApiKey(db: Database, key: string, values: ApiKeyInput): Promise<ApiKeyRow> {
  const [row] = await db
    .insert(apiKeys)
    .values({ ...values, keyHash: hashOf(key) })
    .returning(COLUMNS);
  return row!;
}

/** Newest first, without revoked ones: those before `before`. */
export function listApiKeys(
  db: Database,
  { before, limit }: { before?: number; limit: number },
): Promise<ApiKeyRow[]> {
  return db
    .select(COLUMNS)
    .from(apiKeys)
    .where(and(isNull(apiKeys.revokedAt), before === undefined ? undefined : lt(apiKeys.id, before)))
    .orderBy(desc(apiKeys.id))
    .limit(limit);
}

/** The ids of the keys that may do everything, with their rows locked until the transaction ends. */
export async function lockAdminKeys(tx: Database): Promise<number[]> {
  const rows = await tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(isNull(apiKeys.revokedAt), arrayContains(apiKeys.scopes, ['admin'])))
    .orderBy(asc(apiKeys.id))
    .for('no key update');
  return rows.map(({ id }) => id);
}

/** The key that was revoked; undefined when there is none, or it was revoked before. */
export async function revokeApiKey(tx: Database, id: number): Promise<ApiKeyRow | undefined> {
  const [row] = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning(COLUMNS);
  return row;
}

/** The key's row, or undefined when the key is unknown or revoked. */
export async function findApiKey(db: Database, key: string): Promise<ApiKey | undefined> {
  const [row] = await db
    .select({ id: COLUMNS.id, name: COLUMNS.name, scopes: COLUMNS.scopes })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, hashOf(key)), isNull(apiKeys.revokedAt)));
  return row;
}

/** Keys are random and long, so a plain hash is enough: there is nothing to guess. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
