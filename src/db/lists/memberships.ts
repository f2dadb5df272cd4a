import { sql } from 'drizzle-orm';
import { rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { type LockedUser, startMatchingJourneys } from '../entries/start';

/** Whether a user is put on a list or taken off it. */
export type MembershipChange = 'listSubscribe' | 'listUnsubscribe';

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
