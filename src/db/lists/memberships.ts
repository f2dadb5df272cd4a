import { sql } from 'drizzle-orm';
import { rowsOf } from '../connection/client';
import { sharedInTurn } from '../connection/queued-lock';
import type { EnqueuingDatabase } from '../enqueue';
import { LIST_KEY } from '../../domain/journeys/watch';
import { startMatchingJourneys } from '../entries/start';
import type { UserRow } from '../users/lock';
import { noticeChange } from '../waits/notice-change';

/** Whether a user is put on a list or taken off it. */
export type MembershipChange = 'listSubscribe' | 'listUnsubscribe';

/** Puts a user on a list or takes them off, like `writeMembership`. Only a real change starts journeys. */
export async function changeMembership(
  tx: EnqueuingDatabase,
  user: UserRow,
  change: MembershipChange,
  listId: number,
  triggerData: Record<string, unknown>,
): Promise<void> {
  if (!(await writeMembership(tx, user, change, listId))) return;
  const occurrence = { kind: change, listId };
  await startMatchingJourneys(tx, user, [occurrence], { ...triggerData, listId, eventName: change });
}

/**
 * Puts a user, whose row the transaction has locked, on a list or takes them off. Returns whether that changed anything,
 * which may end waits and entries: a list that was deleted meanwhile changes nothing.
 */
export async function writeMembership(
  tx: EnqueuingDatabase,
  user: UserRow,
  change: MembershipChange,
  listId: number,
): Promise<boolean> {
  const changed = await rowsOf(
    tx,
    change === 'listSubscribe'
      ? sql`
        with list as (
          select id from ${sharedInTurn('lists', sql`select ${listId}::int`)} shared join lists using (id)
          for share of lists
        )
        insert into list_users (list_id, user_id) select id, ${user.id}::bigint from list
        on conflict do nothing returning 1`
      : sql`delete from list_users where list_id = ${listId} and user_id = ${user.id} returning 1`,
  );
  if (changed.length === 0) return false;
  await noticeChange(tx, user, [LIST_KEY]);
  return true;
}
