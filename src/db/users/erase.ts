import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asTime, type Database, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { enqueueSql, type ExitItem } from '../outbox';
import { users } from '../schema';
import { isUser, lockEntriesOf } from './lock';

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
 * Closes the user's open entries, whose workflows are signalled to exit, and blanks what all their entries hold of the
 * user. What an operator wrote at an exit became its detail, and may contain personal data.
 */
export async function closeAndBlankEntries(tx: EnqueuingDatabase, userId: number, at: number): Promise<void> {
  await lockEntriesOf(tx, userId);
  const items = await rowsOf<ExitItem>(
    tx,
    sql`
    with open as (
      select id, workflow_id, first_run_id from entries where user_id = ${userId} and ended_at is null
    ),
    enqueued as (${enqueueSql('exit', sql`open`, 'thisProcess')})
    select id as "exitOf", workflow_id as "workflowId", first_run_id as "firstRunId", 'user_deleted' as reason from open`,
  );
  tx.enqueued.push(...items);
  await tx.execute(sql`
    update entries set
      trigger_data = '{}', reentry_key = '', live_data = null, events = null, exit_note = null,
      detail = case when ended_at is null then ${DETAIL} when exit_note is null and status <> 'cancelled' then detail end,
      status = case when ended_at is null then 'cancelled' else status end,
      reason = case when ended_at is null then 'user_deleted' else reason end,
      started_at = coalesce(started_at, ${asTime(at)}), ended_at = coalesce(ended_at, ${asTime(at)})
    where user_id = ${userId}`);
  await tx.execute(sql`
    update steps set why = null from entries
    where entries.user_id = ${userId} and steps.entry_id = entries.id and why is not null`);
}

/** Blanks the deliveries of the user's entries, and running attempts too, or their responses would still be stored. */
export async function blankDeliveries(tx: Database, userId: number, at: number): Promise<void> {
  await tx.execute(sql`
    update attempts set response_headers = '{}', response_body = ''
    from deliveries, entries
    where entries.user_id = ${userId} and deliveries.entry_id = entries.id and delivery_id = deliveries.id`);
  await tx.execute(sql`
    update deliveries set
      request = null, detail = case when deliveries.reason = 'operator' then null else deliveries.detail end
    from entries
    where entries.user_id = ${userId} and deliveries.entry_id = entries.id
      and (request is not null or deliveries.reason = 'operator')`);
  await tx.execute(sql`
    update deliveries set status = 'failed', reason = 'user_deleted', detail = ${DETAIL}, ended_at = ${asTime(at)}
    from entries
    where entries.user_id = ${userId} and deliveries.entry_id = entries.id and deliveries.status = 'pending'`);
  // A call that waits for this lock finds that nobody waits for it.
  await tx.execute(sql`
    update callbacks set data = null, left_at = case when called_at is null then coalesce(left_at, ${asTime(at)}) end
    from entries where entries.user_id = ${userId} and callbacks.entry_id = entries.id`);
}
