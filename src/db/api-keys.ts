import { createHash } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from './connection/client';
import { apiKeys } from './schema';

/** What a key may do; `admin` may do everything, `read` reads every resource. */
export const SCOPES = ['trigger', 'journeys', 'integrations', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  id: number;
  name: string;
  scopes: Scope[];
}

/** Makes sure that a key is known, with this name and these scopes. A revoked key stays revoked. */
export async function ensureApiKey(db: Database, key: string, name: string, scopes: Scope[]): Promise<void> {
  await db
    .insert(apiKeys)
    .values({ name, keyHash: hashOf(key), scopes })
    .onConflictDoUpdate({ target: apiKeys.keyHash, set: { name, scopes } });
}

/** The key's row, or undefined when the key is unknown or revoked. */
export async function findApiKey(db: Database, key: string): Promise<ApiKey | undefined> {
  const [row] = await db
    .select({ id: apiKeys.id, name: apiKeys.name, scopes: apiKeys.scopes })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, hashOf(key)), isNull(apiKeys.revokedAt)));
  return row && { ...row, scopes: row.scopes as Scope[] };
}

/** Keys are random and long, so a plain hash is enough: there is nothing to guess. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
