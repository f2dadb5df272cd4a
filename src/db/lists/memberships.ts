import { sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import type { Waiting } from '../outbox';
import { type HeldUser, startJourneys } from '../entries/start';
import { findHeldUser } from '../users/lock';
import { updateHeldUser, type Updated, type UserUpdate } from '../users/users';

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
    if (knownOnly && (await findHeldUser(tx, update)) === undefined) return undefined;
    const updated = await updateHeldUser(tx, update);
    const { fields } = updated;
    const begun = await changeMembership(tx, updated.user, 'listSubscribe', listId, fields);
    return { ...updated, waiting: [...updated.waiting, ...begun] };
  });
}

/** Takes a user off a list. Undefined when there is no such user; one who is not on it stays as they are. */
export async function unsubscribe(
  db: Database,
  listId: number,
  identity: Identity,
  triggerData: Record<string, unknown>,
): Promise<Waiting[] | undefined> {
  return db.transaction(async (tx) => {
    const user = await findHeldUser(tx, identity);
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
  user: HeldUser,
  change: MembershipChange,
  listId: number,
  triggerData: Record<string, unknown>,
): Promise<Waiting[]> {
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
  return startJourneys(tx, user, [occurrence], { ...triggerData, listId, eventName: change });
}
