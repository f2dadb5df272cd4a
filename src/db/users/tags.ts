import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type TagChange, tagsAfter } from '../../domain/users/tags';
import type { Database } from '../connection/client';
import type { OutboxItem } from '../outbox';
import { users } from '../schema';
import { startForNewUser } from '../entries/start';
import { lockOrCreateUser } from './lock';
import { publishProfileChanges } from './users';

/** Adds and removes tags of a user, who is made if there is none. Returns all that the user has now, and what it began. */
export async function changeTags(
  db: Database,
  identity: Identity,
  change: TagChange,
): Promise<{ tags: string[]; items: OutboxItem[] }> {
  return db.transaction(async (tx) => {
    const { user, created } = await lockOrCreateUser(tx, identity);
    const tags = tagsAfter(user.tags, change);
    const [tagged] = await tx
      .update(users)
      .set({ tags, updatedAt: sql`now()` })
      .where(eq(users.id, user.id))
      .returning();
    const begun = created ? await startForNewUser(tx, tagged!) : [];
    return { tags, items: [...begun, ...(await publishProfileChanges(tx, user, tagged!))] };
  });
}
