import { asc, eq, or, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import type { Identity } from '../../domain/users/profile';
import { tagsAfter } from '../../domain/users/tags';
import type { Database } from '../connection/client';
import { type EnqueueDeps, transact } from '../enqueue';
import { users } from '../schema';
import { isUser, type UserRow } from './lock';
import { publishProfileChanges } from './users';

/**
 * Merges one user into another: entries, events, consents, tags and lists of the source become the destination's, and
 * so do the fields and the identifier that it lacks. Of two consents to one category the later wins. The source is deleted.
 * It starts no journeys.
 *
 * Returns which of them is unknown, and then nothing has changed. Throws `BadParams` when both are one user.
 */
export function mergeUsers(
  deps: EnqueueDeps,
  source: Identity,
  destination: Identity,
): Promise<'source' | 'destination' | undefined> {
  return transact(deps, async (tx) => {
    // A lock of this strength waits for retention, which has locked old entries, and still lets it count them.
    const found = await tx
      .select({ row: users, isSource: isUser(source), isDestination: isUser(destination) })
      .from(users)
      .where(or(isUser(source), isUser(destination)))
      .orderBy(asc(users.id))
      .for('no key update');
    const from = found.find(({ isSource }) => isSource)?.row;
    const to = found.find(({ isDestination }) => isDestination)?.row;
    if (from === undefined) return 'source';
    if (to === undefined) return 'destination';
    if (from.id === to.id) {
      throw new ApiError('BadParams', 'Source and destination are the same user. Name two users.');
    }
    await moveAll(tx, from.id, to.id);
    await tx.delete(users).where(eq(users.id, from.id));
    await publishProfileChanges(tx, to, await unite(tx, from, to));
    return undefined;
  });
}

/** Entries come first: once they are moved, retention counts no more old entries of the source. */
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
