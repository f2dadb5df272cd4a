import { eq, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type TagChange, tagsAfter } from '../../domain/users/tags';
import { type EnqueueDeps, transact } from '../enqueue';
import { users } from '../schema';
import { startForNewUser } from '../entries/start';
import { lockOrCreateUser } from './lock';
import { publishProfileChanges } from './users';

/** Adds and removes tags of a user, who is created if unknown. Returns all tags that the user has then. */
export function changeTags(deps: EnqueueDeps, identity: Identity, change: TagChange): Promise<string[]> {
  return transact(deps, async (tx) => {
    const { user, created } = await lockOrCreateUser(tx, identity);
    const tags = tagsAfter(user.tags, change);
    const [tagged] = await tx
      .update(users)
      .set({ tags, updatedAt: sql`now()` })
      .where(eq(users.id, user.id))
      .returning();
    if (created) await startForNewUser(tx, tagged!);
    await publishProfileChanges(tx, user, tagged!);
    return tags;
  });
}
