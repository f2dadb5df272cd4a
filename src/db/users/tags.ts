import { eq, sql } from 'drizzle-orm';
import { type TagChange, tagsAfter } from '../../domain/users/tags';
import { type EnqueueDeps, transact } from '../enqueue';
import { users } from '../schema';
import { startForNewUser } from '../entries/start';
import type { Names } from './lock';
import { lockOrCreateNamedUser } from './names';
import { publishProfileChanges } from './users';

/** Adds and removes tags of a user, who is created if unknown. Returns all tags that the user has then. */
export function changeTags(deps: EnqueueDeps, names: Names, change: TagChange): Promise<string[]> {
  return transact(deps, async (tx) => {
    const { user, created } = await lockOrCreateNamedUser(tx, names);
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
