import { type EnqueueDeps, transact } from '../../db/enqueue';
import { blankDeliveries, closeAndBlankEntries, deleteUser, lockUserToErase } from '../../db/users/erase';
import type { Author } from '../../domain/audit';
import type { Identity } from '../../domain/users/profile';
import { record } from '../audit/record';

interface Deps extends EnqueueDeps {
  author: Author;
}

/**
 * Erases a user: the row with names and profile, and in what is left of their entries everything that came from
 * them. The journey, version, tile, times, status and reason of entries stay, so that counts are right; open entries are
 * closed. False when there is no such user.
 *
 * Nothing reappears: the lock on the user prevents new entries, a closed entry opens no attempt, and the response of a
 * running attempt is not stored, because its columns are no longer null.
 */
export function eraseUser({ author, ...deps }: Deps, identity: Identity, at: number): Promise<boolean> {
  return transact(deps, async (tx) => {
    const userId = await lockUserToErase(tx, identity);
    if (userId === undefined) return false;
    await closeAndBlankEntries(tx, userId, at);
    await blankDeliveries(tx, userId, at);
    await deleteUser(tx, userId);
    await record(tx, author, { action: 'user.erase', id: userId });
    return true;
  });
}
