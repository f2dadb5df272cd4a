import { eq, sql } from 'drizzle-orm';
import { mergeProfile, type Profile, refuseLarge } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import type { UserRow } from '../users/lock';
import { checkFields } from '../users/profile-fields';
import { entries, users } from '../schema';
import { publishProfileChanges } from '../users/users';

/** Merges fields into the profile of an entry's user, unless they were erased. */
export async function mergeEntryProfile(
  tx: EnqueuingDatabase,
  entryId: string,
  fields: Profile,
): Promise<void> {
  const user = await lockUserOfEntry(tx, entryId);
  if (user !== undefined) await mergeLockedProfile(tx, user, fields);
}

/**
 * The user of an entry, whose row stays locked until the transaction ends; undefined once they were erased. A
 * transaction that closes an entry has locked the entry and refers to the user, which this strength of lock allows.
 */
export async function lockUserOfEntry(tx: Database, entryId: string): Promise<UserRow | undefined> {
  const [found] = await tx
    .select({ user: users })
    .from(users)
    .innerJoin(entries, eq(entries.userId, users.id))
    .where(eq(entries.id, entryId))
    .for('no key update', { of: users });
  if (found !== undefined) return found.user;
  // Merged before the lock was taken: the entry belongs to another user now.
  const [entry] = await tx.select({ userId: entries.userId }).from(entries).where(eq(entries.id, entryId));
  return (entry?.userId ?? null) === null ? undefined : lockUserOfEntry(tx, entryId);
}

/** Merges fields into the profile of a user whose row the transaction has locked. It starts no journeys. */
export async function mergeLockedProfile(
  tx: EnqueuingDatabase,
  before: UserRow,
  fields: Profile,
): Promise<UserRow> {
  await checkFields(tx, fields, true);
  const dataFields = mergeProfile(before.dataFields, fields, false);
  refuseLarge(dataFields, before.dataFields);
  const [updated] = await tx
    .update(users)
    .set({ dataFields, updatedAt: sql`now()` })
    .where(eq(users.id, before.id))
    .returning();
  await publishProfileChanges(tx, before, updated!);
  return updated!;
}
