import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asTime, type Database } from '../connection/client';
import { enqueueSql } from '../outbox';
import { users } from '../schema';
import { isUser } from './lock';

const DETAIL = 'The user was deleted.';

/**
 * Erases a user: the row with names and profile, and in what is left of their entries everything that came from
 * them. The journey, version, tile, times, status and reason of entries stay, so that counts are right; open entries are
 * closed, and their workflows are signalled later, from the outbox. False when there is no such user.
 *
 * Nothing reappears: the lock on the user prevents new entries, a closed entry opens no attempt, and the response of a
 * running attempt is not stored, because its columns are no longer null.
 */
export async function eraseUser(db: Database, identity: Identity, at: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    // A lock of this strength waits for retention, which has locked old entries, and still lets it count them.
    const isThem = isUser(identity);
    const [user] = await tx.select({ id: users.id }).from(users).where(isThem).for('no key update');
    if (user === undefined) return false;
    await closeAndBlankEntries(tx, user.id, at);
    await blankDeliveries(tx, user.id, at);
    await tx.execute(sql`update entries set user_id = null where user_id = ${user.id}`);
    await tx.delete(users).where(eq(users.id, user.id));
    return true;
  });
}

/** An operator's note on an exit became its detail, and may contain personal data. */
async function closeAndBlankEntries(tx: Database, userId: number, at: number): Promise<void> {
  const open = sql`entries where user_id = ${userId} and ended_at is null`;
  await tx.execute(enqueueSql('exit', open, 'anyProcess'));
  await tx.execute(sql`
    update entries set
      trigger_data = '{}', live_data = null, exit_note = null,
      detail = case when ended_at is null then ${DETAIL} when exit_note is null then detail end,
      status = case when ended_at is null then 'cancelled' else status end,
      reason = case when ended_at is null then 'user_deleted' else reason end,
      started_at = coalesce(started_at, ${asTime(at)}), ended_at = coalesce(ended_at, ${asTime(at)})
    where user_id = ${userId}`);
}

/** Also blanks running attempts, or their responses would still be stored. */
async function blankDeliveries(tx: Database, userId: number, at: number): Promise<void> {
  await tx.execute(sql`
    update deliveries set request = null
    from entries where entries.user_id = ${userId} and deliveries.entry_id = entries.id and request is not null`);
  await tx.execute(sql`
    update deliveries set status = 'failed', reason = 'user_deleted', detail = ${DETAIL}, ended_at = ${asTime(at)}
    from entries
    where entries.user_id = ${userId} and deliveries.entry_id = entries.id and deliveries.status = 'pending'`);
  await tx.execute(sql`
    update attempts set response_headers = '{}', response_body = ''
    from deliveries, entries
    where entries.user_id = ${userId} and deliveries.entry_id = entries.id and delivery_id = deliveries.id`);
}
