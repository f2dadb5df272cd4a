import { type ApiKeyRow, lockAdminKeys, revokeApiKey } from '../../db/api-keys';
import type { Database } from '../../db/connection/client';
import type { Author } from '../../domain/audit';
import { ApiError } from '../../domain/errors';
import { record } from '../audit/record';

interface Deps {
  db: Database;
  author: Author;
}

/**
 * Revokes a key; undefined when there is none. Throws `Conflict` for the last one that may do everything, after which
 * nobody could make another.
 */
export function deleteApiKey({ db, author }: Deps, id: number): Promise<ApiKeyRow | undefined> {
  return db.transaction(async (tx) => {
    // Locked, so that of two calls that delete the last two keys only one succeeds.
    const admins = await lockAdminKeys(tx);
    if (admins.length === 1 && admins[0] === id) {
      throw new ApiError(
        'Conflict',
        'This is the last API key with the scope “admin”, and nobody could make another. Create one first.',
      );
    }
    const revoked = await revokeApiKey(tx, id);
    if (revoked === undefined) return undefined;
    const { name, scopes } = revoked;
    await record(tx, author, { action: 'apiKey.delete', id, name, before: { name, scopes } });
    return revoked;
  });
}
