import { type EnqueueDeps, transact } from '../../db/enqueue';
import { lockUsersToMerge, moveAll, unite } from '../../db/users/merge';
import { publishProfileChanges } from '../../db/users/users';
import { ApiError } from '../../domain/errors';
import type { Identity } from '../../domain/users/profile';

/**
 * Merges one user into another: entries, events, consents, tags and lists of the source become the destination's, and
 * so do the fields and the identifier that it lacks. The source is deleted. It starts no journeys.
 *
 * Returns which of them is unknown, and then nothing has changed. Throws `BadParams` when both are one user.
 */
export function mergeUsers(
  deps: EnqueueDeps,
  source: Identity,
  destination: Identity,
): Promise<'source' | 'destination' | undefined> {
  return transact(deps, async (tx) => {
    const { source: from, destination: to } = await lockUsersToMerge(tx, source, destination);
    if (from === undefined) return 'source';
    if (to === undefined) return 'destination';
    if (from.id === to.id) {
      throw new ApiError('BadParams', 'Source and destination are the same user. Name two users.');
    }
    await moveAll(tx, from.id, to.id);
    await publishProfileChanges(tx, to, await unite(tx, from, to));
    return undefined;
  });
}
