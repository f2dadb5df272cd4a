import { type EnqueueDeps, transact } from '../../db/enqueue';
import { lockUsersToMerge, moveAll, unite } from '../../db/users/merge';
import { publishProfileChanges } from '../../db/users/users';
import { noticeChange } from '../../db/waits/notice-change';
import { ApiError } from '../../domain/errors';
import { LIST_KEY, PROFILE_KEY } from '../../domain/journeys/watch';
import type { Author } from '../../domain/audit';
import type { Identity } from '../../domain/users/profile';
import { record } from '../audit/record';

/**
 * Merges one user into another: entries, events, consents, tags and lists of the source become the destination's, and
 * so do the fields and the identifier that it lacks. The source is deleted. It starts no journeys.
 *
 * Returns which of them is unknown, and then nothing has changed. Throws `BadParams` when both are one user, and
 * `ProfileTooLarge` when their fields are too many or too large together.
 */
export function mergeUsers(
  deps: EnqueueDeps & { author: Author },
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
    const united = await unite(tx, from, to);
    await publishProfileChanges(tx, to, united);
    // The entries of the source have another profile and other lists now, even where the destination's did not change.
    await noticeChange(tx, united, [PROFILE_KEY, LIST_KEY]);
    await record(tx, deps.author, { action: 'user.merge', id: to.id, before: { source: from.id } });
    return undefined;
  });
}
