import { eq, sql } from 'drizzle-orm';
import { mergeProfile, type Profile } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import type { EventDeliveryItem } from '../outbox';
import { checkFields } from '../users/profile-fields';
import { entries, users } from '../schema';
import { publishProfileChanges } from '../users/users';

/**
 * Merges fields into the profile of an entry's user, whose row stays locked until the transaction ends. Returns what
 * event webhooks have to be sent.
 */
export async function mergeEntryProfile(
  tx: Database,
  entryId: string,
  fields: Profile,
): Promise<EventDeliveryItem[]> {
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

/** For a user who was erased meanwhile, so that there is nobody to update, or merged: the entry is another's then. */
async function mergeLaterProfile(
  tx: Database,
  entryId: string,
  fields: Profile,
): Promise<EventDeliveryItem[]> {
  const [entry] = await tx.select({ userId: entries.userId }).from(entries).where(eq(entries.id, entryId));
  return entry === undefined || entry.userId === null ? [] : mergeEntryProfile(tx, entryId, fields);
}
