import { ensureApiKey } from '../../db/api-keys';
import type { Database } from '../../db/connection/client';
import type { Scope } from '../../domain/api-key';
import { SYSTEM } from '../../domain/audit';
import { recorded } from '../audit/record';

const NAME = 'WAYHOOK_API_KEY';
const SCOPES: Scope[] = ['admin'];

/** Makes sure that the key of the settings works, unless it was revoked. Returns its id. */
export async function ensureEnvironmentKey(db: Database, key: string): Promise<number> {
  const { id } = await recorded(
    { db, author: SYSTEM },
    (tx) => ensureApiKey(tx, key, NAME, SCOPES),
    (row) =>
      row.created
        ? { action: 'apiKey.create', id: row.id, name: NAME, after: { name: NAME, scopes: SCOPES } }
        : undefined,
  );
  return id;
}
