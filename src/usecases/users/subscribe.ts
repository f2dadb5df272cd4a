import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../../db/enqueue';
import { changeMembership } from '../../db/lists/memberships';
import { lockUser, type Names } from '../../db/users/lock';
import { decidingNames } from '../../db/users/names';
import { updateLockedUser, type Updated, type UserUpdate } from '../../db/users/users';

/**
 * Updates the user, who is created if unknown, and puts them on a list; entries that this starts are accepted in the
 * same transaction. With `knownOnly` an unknown user is not created, and the result is undefined.
 */
export async function updateAndSubscribe(
  tx: EnqueuingDatabase,
  listId: number,
  update: UserUpdate,
  knownOnly: boolean,
): Promise<Updated | undefined> {
  if (knownOnly && (await lockUser(tx, update)) === undefined) return undefined;
  const updated = await updateLockedUser(tx, update);
  await changeMembership(tx, updated.user, 'listSubscribe', listId, updated.fields);
  return updated;
}

/** Takes a user off a list. False when there is no such user; a user who is not on the list stays as they are. */
export function unsubscribe(
  deps: EnqueueDeps,
  listId: number,
  names: Names,
  triggerData: Record<string, unknown>,
): Promise<boolean> {
  return transact(deps, async (tx) => {
    const user = await lockUser(tx, await decidingNames(tx, names));
    if (user === undefined) return false;
    await changeMembership(tx, user, 'listUnsubscribe', listId, triggerData);
    return true;
  });
}
