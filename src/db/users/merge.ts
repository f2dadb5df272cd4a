import { asc, eq, or, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import type { Identity } from '../../domain/users/profile';
import { tagsAfter } from '../../domain/users/tags';
import type { Database } from '../connection/client';
import type { EventDeliveryItem } from '../outbox';
import { users } from '../schema';
import { isUser, type UserRow } from './lock';
import { publishProfileChanges } from './users';

/**
 * Merges one user into another: entries, events, consents, tags and lists of the source become the destination's, and
 * so do the fields and the name that it lacks. Of two consents on one category the later holds. The source is gone.
 * It begins no journeys.
 *
 * Returns who is unknown, or what event webhooks have to be sent when all is done. Throws `BadParams` when both are one user.
 */
export async function mergeUsers(
  db: Database,
  source: Identity,
  destination: Identity,
): Promise<{ unknown: 'source' | 'destination' } | { items: EventDeliveryItem[] }> {
  return db.transaction(async (tx) => {
    // Of this strength, the lock lets the cleaner count old entries, which it holds, and then waits for it.
    const found = await tx
      .select({ row: users, isSource: isUser(source), isDestination: isUser(destination) })
      .from(users)
      .where(or(isUser(source), isUser(destination)))
      .orderBy(asc(users.id))
      .for('no key update');
    const from = found.find(({ isSource }) => isSource)?.row;
    const to = found.find(({ isDestination }) => isDestination)?.row;
    if (from === undefined) return { unknown: 'source' };
    if (to === undefined) return { unknown: 'destination' };
    if (from.id === to.id) {
      throw new ApiError('BadParams', 'Source and destination are one user. Name two.');
    }
    await moveAll(tx, from.id, to.id);
    await tx.delete(users).where(eq(users.id, from.id));
    return { items: await publishProfileChanges(tx, to, await unite(tx, from, to)) };
  });
}

/** Entries first: once theirs are moved, no old one of the source is counted any more. */
async function moveAll(tx: Database, from: number, to: number): Promise<void> {
  await tx.execute(sql`update entries set user_id = ${to} where user_id = ${from}`);
  await tx.execute(sql`
    insert into past_entries as known (user_id, journey_id, count)
    select ${to}::bigint, journey_id, count from past_entries where user_id = ${from}
    on conflict (user_id, journey_id) do update set count = known.count + excluded.count`);
  await tx.execute(sql`update events set user_id = ${to} where user_id = ${from}`);
  await tx.execute(sql`update job_refusals set user_id = ${to} where user_id = ${from}`);
  await tx.execute(sql`update published_events set user_id = ${to} where user_id = ${from}`);
  await tx.execute(sql`
    insert into user_consents as known (user_id, category, action, updated_at)
    select ${to}::bigint, category, action, updated_at from user_consents where user_id = ${from}
    on conflict (user_id, category) do update set action = excluded.action, updated_at = excluded.updated_at
    where excluded.updated_at > known.updated_at`);
  await tx.execute(sql`
    insert into list_users (list_id, user_id, subscribed_at)
    select list_id, ${to}::bigint, subscribed_at from list_users where user_id = ${from}
    on conflict do nothing`);
}

async function unite(tx: Database, from: UserRow, to: UserRow): Promise<UserRow> {
  const [united] = await tx
    .update(users)
    .set({
      email: to.email ?? from.email,
      userId: to.userId ?? from.userId,
      dataFields: { ...from.dataFields, ...to.dataFields },
      tags: tagsAfter(to.tags, { add: from.tags, remove: [] }),
      updatedAt: sql`now()`,
    })
    .where(eq(users.id, to.id))
    .returning();
  return united!;
}
