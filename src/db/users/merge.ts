import { asc, eq, or, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { tagsAfter } from '../../domain/users/tags';
import type { Database } from '../connection/client';
import { users } from '../schema';
import { isUser, type UserRow } from './lock';

/** Two users of a merge, undefined where there is none. */
export interface MergedUsers {
  source: UserRow | undefined;
  destination: UserRow | undefined;
}

/**
 * The two users, with their rows locked until the transaction ends. Locks of this strength wait for retention, which has
 * locked old entries, and still let it count them.
 */
export async function lockUsersToMerge(
  tx: Database,
  source: Identity,
  destination: Identity,
): Promise<MergedUsers> {
  const found = await tx
    .select({ row: users, isSource: isUser(source), isDestination: isUser(destination) })
    .from(users)
    .where(or(isUser(source), isUser(destination)))
    .orderBy(asc(users.id))
    .for('no key update');
  return {
    source: found.find(({ isSource }) => isSource)?.row,
    destination: found.find(({ isDestination }) => isDestination)?.row,
  };
}

/**
 * Gives all that the source has to the destination, and deletes the source. Entries come first: once they are moved,
 * retention counts no more old entries of the source. Of two consents to one category the later wins.
 */
export async function moveAll(tx: Database, from: number, to: number): Promise<void> {
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
  await tx.delete(users).where(eq(users.id, from));
}

/** Fills what the destination lacks of identifiers, fields and tags from the source. */
export async function unite(tx: Database, from: UserRow, to: UserRow): Promise<UserRow> {
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
