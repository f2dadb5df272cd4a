import { eq, sql } from 'drizzle-orm';
import { mergeProfile, type Profile } from '../../domain/users/profile';
import type { EnqueuingDatabase } from '../enqueue';
import { checkFields } from '../users/profile-fields';
import { entries, users } from '../schema';
import { publishProfileChanges } from '../users/users';

/** Merges fields into the profile of an entry's user, whose row stays locked until the transaction ends. */
export async function mergeEntryProfile(
  tx: EnqueuingDatabase,
  entryId: string,
  fields: Profile,
): Promise<void> {
  const [found] = await tx
    .select({ user: users })
    .from(users)
    .innerJoin(entries, eq(entries.userId, users.id))
    .where(eq(entries.id, entryId))
    .for('update', { of: users });
  if (found === undefined) return mergeLaterProfile(tx, entryId, fields);
  await checkFields(tx, fields, true);
  const [updated] = await tx
    .update(users)
    .set({ dataFields: mergeProfile(found.user.dataFields, fields, false), updatedAt: sql`now()` })
    .where(eq(users.id, found.user.id))
    .returning();
  return publishProfileChanges(tx, found.user, updated!);
}

/** The user was erased meanwhile, and nothing is updated; or merged, and the entry belongs to another user now. */
async function mergeLaterProfile(tx: EnqueuingDatabase, entryId: string, fields: Profile): Promise<void> {
  const [entry] = await tx.select({ userId: entries.userId }).from(entries).where(eq(entries.id, entryId));
  if (entry !== undefined && entry.userId !== null) await mergeEntryProfile(tx, entryId, fields);
}
