import { sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import type { OutboxItem } from '../outbox';
import { type LockedUser, startMatchingJourneys } from '../entries/start';
import { lockUser } from '../users/lock';
import { updateLockedUser, type Updated, type UserUpdate } from '../users/users';

/** Whether a user comes to a list or leaves it. */
export type MembershipChange = 'listSubscribe' | 'listUnsubscribe';

/**
 * Updates the user, who is made if there is none, and puts them on a list; what that begins is accepted in the same
 * transaction. With `knownOnly` an unknown user stays unknown, and the answer is undefined.
 */
export async function subscribe(
  db: Database,
  listId: number,
  update: UserUpdate,
  knownOnly: boolean,
): Promise<Updated | undefined> {
  return db.transaction(async (tx) => {
    if (knownOnly && (await lockUser(tx, update)) === undefined) return undefined;
    const updated = await updateLockedUser(tx, update);
    const { fields } = updated;
    const begun = await changeMembership(tx, updated.user, 'listSubscribe', listId, fields);
    return { ...updated, items: [...updated.items, ...begun] };
  });
}

/** Takes a user off a list. Undefined when there is no such user; one who is not on it stays as they are. */
export async function unsubscribe(
  db: Database,
  listId: number,
  identity: Identity,
  triggerData: Record<string, unknown>,
): Promise<OutboxItem[] | undefined> {
  return db.transaction(async (tx) => {
    const user = await lockUser(tx, identity);
    if (user === undefined) return undefined;
    return changeMembership(tx, user, 'listUnsubscribe', listId, triggerData);
  });
}

/**
 * Puts a user whose row the transaction holds on a list, or takes them off. Only a real change begins journeys. A list
 * that was deleted meanwhile has nobody to come or go.
 */
export async function changeMembership(
  tx: Database,
  user: LockedUser,
  change: MembershipChange,
  listId: number,
  triggerData: Record<string, unknown>,
): Promise<OutboxItem[]> {
  const changed = await rowsOf(
    tx,
    change === 'listSubscribe'
      ? sql`
        with list as (select id from lists where id = ${listId} for key share)
        insert into list_users (list_id, user_id) select id, ${user.id}::bigint from list
        on conflict do nothing returning 1`
      : sql`delete from list_users where list_id = ${listId} and user_id = ${user.id} returning 1`,
  );
  if (changed.length === 0) return [];
  const occurrence = { kind: change, listId };
  return startMatchingJourneys(tx, user, [occurrence], { ...triggerData, listId, eventName: change });
}
