import type { Refusal } from '../../domain/entry';
import type { TriggeredEntry } from './accept';
import { type EnqueueDeps, transact } from '../enqueue';
import { enterJourneys, shareJourney } from './enter';
import { recordRefusals } from './refusals';
import { startForNewUser } from './start';
import { meetsWhere } from './where';
import { lockOrCreateNamedUser } from '../users/names';

/** The entry of a trigger, or what keeps the user out: a limit, or the condition of the entry source. */
export type Triggered = { entryId: string } | { skipped: Refusal };

/**
 * Accepts an entry like `acceptEntry`, where limits, a condition, journeys for new users or a new user with two names
 * need more than one statement. The user's row is locked, so that limits are exact. Undefined when nothing was stored,
 * because the journey takes no entries.
 */
export async function startEntryWithLimits(
  deps: EnqueueDeps,
  entry: TriggeredEntry,
): Promise<Triggered | undefined> {
  const { journeyId, identity, triggerData } = entry;
  return transact(deps, async (tx) => {
    const journey = await shareJourney(tx, journeyId);
    if (journey === undefined) return undefined;
    const { user, created } = await lockOrCreateNamedUser(tx, identity);
    if (created) await startForNewUser(tx, user);
    if (!(await meetsWhere(tx, user, journey, triggerData, journey.now))) {
      await recordRefusals(tx, [{ userId: user.id, journeyId, reason: 'where' }]);
      return { skipped: 'where' };
    }
    const { begun, refused } = await enterJourneys(tx, [user.id], [journey], triggerData);
    return refused[0] ? { skipped: refused[0].reason } : { entryId: begun[0]!.entryId };
  });
}
