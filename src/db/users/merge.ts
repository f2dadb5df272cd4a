import { asc, eq, or, sql } from 'drizzle-orm';
import { type Identity, refuseLarge } from '../../domain/users/profile';
import { tagsAfter } from '../../domain/users/tags';
import type { Database } from '../connection/client';
import { ADD_TO_PAST, PAST_COLUMNS } from '../entries/past';
import { users } from '../schema';
import { isUser, lockEntriesOf, type UserRow } from './lock';

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
 * retention counts no more old entries of the source. Of two consents to one category the later wins; of two branches of
 * one split, the destination's.
 */
export async function moveAll(tx: Database, from: number, to: number): Promise<void> {
  await lockEntriesOf(tx, from);
  await tx.execute(sql`update entries set user_id = ${to} where user_id = ${from}`);
  await tx.execute(sql`update waits set user_id = ${to} where user_id = ${from}`);
  await tx.execute(sql`
    insert into past_entries as known (${PAST_COLUMNS})
    select ${to}::bigint, journey_id, reentry_key, count, last_entered_at, last_ended_at
    from past_entries where user_id = ${from}
    ${ADD_TO_PAST}`);
  await tx.execute(sql`
    insert into entry_refusals as known (user_id, journey_id, reason, count, first_at, at)
    select ${to}::bigint, journey_id, reason, count, first_at, at from entry_refusals where user_id = ${from}
    on conflict (user_id, journey_id, reason) do update set
      count = known.count + excluded.count, first_at = least(known.first_at, excluded.first_at),
      at = greatest(known.at, excluded.at)`);
  await moveEvents(tx, from, to);
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
  await tx.execute(sql`
    insert into split_branches (user_id, key, branch, created_at)
    select ${to}::bigint, key, branch, created_at from split_branches where user_id = ${from}
    on conflict do nothing`);
  await tx.delete(users).where(eq(users.id, from));
}

/**
 * Where both have an event of one kind and name with one id, both events stay: they were two users' when they happened.
 * The destination's keeps the id.
 */
async function moveEvents(tx: Database, from: number, to: number): Promise<void> {
  await tx.execute(sql`
    update events moved set user_id = ${to}, external_id = case when not exists (
      select 1 from events kept where kept.user_id = ${to} and kept.external_id = moved.external_id
        and kept.kind = moved.kind and kept.name = moved.name
    ) then external_id end
    where user_id = ${from}`);
}

/**
 * Fills what the destination lacks of identifiers, fields and tags from the source; its entries' keys are those of both.
 * Throws `ProfileTooLarge`.
 */
export async function unite(tx: Database, from: UserRow, to: UserRow): Promise<UserRow> {
  const dataFields = { ...from.dataFields, ...to.dataFields };
  refuseLarge(dataFields, to.dataFields);
  const [united] = await tx
    .update(users)
    .set({
      email: to.email ?? from.email,
      userId: to.userId ?? from.userId,
      dataFields,
      tags: tagsAfter(to.tags, { add: from.tags, remove: [] }),
      watched: [...new Set([...from.watched, ...to.watched])],
      updatedAt: sql`now()`,
    })
    .where(eq(users.id, to.id))
    .returning();
  return united!;
}
