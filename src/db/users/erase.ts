import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asTime, type Database } from '../connection/client';
import { enqueueSql } from '../outbox';
import { users } from '../schema';
import { isUser } from './lock';

const DETAIL = 'The user was deleted.';

/**
 * Erases a user: the row with names and profile, and in what is left of their entries everything that came from
 * them. Entries keep their journey, version, tile, times, status and reason, so that counts hold; open ones are
 * closed, and their workflows are told later (the outbox has them). False when there is no such user.
 *
 * Nothing comes back: a user's lock keeps new entries out, a closed entry opens no attempt, and the answer to one
 * under way finds its place taken.
 */
export async function eraseUser(db: Database, identity: Identity, at: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Of this strength, the lock lets the cleaner count a user's old entries, which it holds, and then waits for it.
    const mine = isUser(identity);
    const [user] = await tx.select({ id: users.id }).from(users).where(mine).for('no key update');
    if (user === undefined) return false;
    await closeAndBlankEntries(tx, user.id, at);
    await blankDeliveries(tx, user.id, at);
    await tx.execute(sql`update entries set user_id = null where user_id = ${user.id}`);
    await tx.delete(users).where(eq(users.id, user.id));
    return true;
  });
}

/** An operator's note on an exit became its detail, and may tell of the user. */
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

/** Attempts under way too are marked as empty, or their answers would be written yet. */
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
