import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type TagChange, tagsAfter } from '../../domain/users/tags';
import type { Database } from '../connection/client';
import type { Waiting } from '../outbox';
import { users } from '../schema';
import { startWithUser } from '../entries/start';
import { holdUser } from './lock';
import { tellUpdate } from './users';

/** Adds and removes tags of a user, who is made if there is none. Returns all that the user has now, and what it began. */
export async function changeTags(
  db: Database,
  identity: Identity,
  change: TagChange,
): Promise<{ tags: string[]; waiting: Waiting[] }> {
  return db.transaction(async (tx) => {
    const { user, created } = await holdUser(tx, identity);
    const tags = tagsAfter(user.tags, change);
    const [tagged] = await tx
      .update(users)
      .set({ tags, updatedAt: sql`now()` })
      .where(eq(users.id, user.id))
      .returning();
    const begun = created ? await startWithUser(tx, tagged!) : [];
    return { tags, waiting: [...begun, ...(await tellUpdate(tx, user, tagged!))] };
  });
}
