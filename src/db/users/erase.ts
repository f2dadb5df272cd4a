import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asTime, type Database } from '../connection/client';
import { enqueueSql } from '../outbox';
import { users } from '../schema';
import { isUser } from './lock';

const DETAIL = 'The user was deleted.';

/**
 * The user's id, with the row locked until the transaction ends; undefined when there is no such user. A lock of this
 * strength waits for retention, which has locked old entries, and still lets it count them.
 */
export async function lockUserToErase(tx: Database, identity: Identity): Promise<number | undefined> {
  const [user] = await tx.select({ id: users.id }).from(users).where(isUser(identity)).for('no key update');
  return user?.id;
}

/** Deletes the user's row. Entries stay, without a user. */
export async function deleteUser(tx: Database, userId: number): Promise<void> {
  await tx.execute(sql`update entries set user_id = null where user_id = ${userId}`);
  await tx.delete(users).where(eq(users.id, userId));
}

/**
 * Closes the user's open entries, whose workflows are signalled later, from the outbox, and blanks what all their entries
 * hold of the user. An operator's note on an exit became its detail, and may contain personal data.
 */
export async function closeAndBlankEntries(tx: Database, userId: number, at: number): Promise<void> {
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

/** Blanks the deliveries of the user's entries, and running attempts too, or their responses would still be stored. */
export async function blankDeliveries(tx: Database, userId: number, at: number): Promise<void> {
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
