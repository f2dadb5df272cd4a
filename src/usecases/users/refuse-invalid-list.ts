import type { Database } from '../../db/connection/client';
import { MAX_INT } from '../../db/connection/ids';
import { isList } from '../../db/lists/lists';
import { ApiError } from '../../domain/errors';

/** Throws Iterable's error where there is no such list. */
export async function refuseInvalidList(db: Database, id: number): Promise<void> {
  const known = id > 0 && id <= MAX_INT && (await isList(db, id));
  if (!known) throw invalidList(id);
}

/** In Iterable's words. */
export function invalidList(id: number): ApiError {
  return new ApiError('BadParams', `error.lists.invalidListId(${id})`, {
    listId: `There is no list ${id}. GET /api/lists has them all.`,
  });
}
