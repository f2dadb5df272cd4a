import { sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { type LockedUser, startMatchingJourneys } from '../entries/start';
import { lockUser } from '../users/lock';
import { updateLockedUser, type Updated, type UserUpdate } from '../users/users';

/** Whether a user is put on a list or taken off it. */
export type MembershipChange = 'listSubscribe' | 'listUnsubscribe';

/**
 * Updates the user, who is created if unknown, and puts them on a list; entries that this starts are accepted in the
 * same transaction. With `knownOnly` an unknown user is not created, and the result is undefined.
 */
export async function subscribe(
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
export async function unsubscribe(
  tx: EnqueuingDatabase,
  listId: number,
  identity: Identity,
  triggerData: Record<string, unknown>,
): Promise<boolean> {
  const user = await lockUser(tx, identity);
  if (user === undefined) return false;
  await changeMembership(tx, user, 'listUnsubscribe', listId, triggerData);
  return true;
}

/**
 * Puts a user, whose row the transaction has locked, on a list or takes them off. Only a real change starts journeys. A
 * list that was deleted meanwhile changes nothing.
 */
export async function changeMembership(
  tx: EnqueuingDatabase,
  user: LockedUser,
  change: MembershipChange,
  listId: number,
  triggerData: Record<string, unknown>,
): Promise<void> {
  const changed = await rowsOf(
    tx,
    change === 'listSubscribe'
      ? sql`
        with list as (select id from lists where id = ${listId} for key share)
        insert into list_users (list_id, user_id) select id, ${user.id}::bigint from list
        on conflict do nothing returning 1`
      : sql`delete from list_users where list_id = ${listId} and user_id = ${user.id} returning 1`,
  );
  if (changed.length === 0) return;
  const occurrence = { kind: change, listId };
  await startMatchingJourneys(tx, user, [occurrence], { ...triggerData, listId, eventName: change });
}
