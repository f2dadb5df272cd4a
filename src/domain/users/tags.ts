import { z } from 'zod';
import { ApiError } from '../errors';

/** A label on a user. */
export const Tag = z.string().trim().min(1, 'A tag has at least one character.').max(100);

/** Tags of one user. */
export const MOST_TAGS = 100;

export interface TagChange {
  add: string[];
  remove: string[];
}

/**
 * A user's tags after a change, each once, in the order in which they were added. Throws `BadParams` when there would be more
 * than 100.
 */
export function tagsAfter(tags: string[], { add, remove }: TagChange): string[] {
  const removed = new Set(remove);
  const after = [...new Set([...tags, ...add])].filter((tag) => !removed.has(tag));
  if (after.length <= MOST_TAGS) return after;
  throw new ApiError(
    'BadParams',
    `A user has at most ${MOST_TAGS} tags, and would have ${after.length}. Remove some first.`,
  );
}
