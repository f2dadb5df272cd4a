import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../../db/enqueue';
import { insertTestRun } from '../../db/entries/test-run';
import { lockJourney } from '../../db/journeys/journeys';
import { freezeForTest } from '../../db/journeys/test-versions';
import { lockUser, type Names, type UserRow } from '../../db/users/lock';
import { decidingNames } from '../../db/users/names';
import type { Author } from '../../domain/audit';
import { badParams } from '../../domain/errors';
import { planOf } from '../../domain/journeys/plan';
import { record } from '../audit/record';
import { type CheckedDraft, validDraft } from './publish';

/** Whom a test run is for, and what begins it. */
export interface TestRun {
  names: Names;
  triggerData: Record<string, unknown>;
}

/**
 * Sends one user through the draft of a journey, for real, as a test run: no limit keeps them out and no limit counts
 * them. Returns the entry's id; undefined when there is no such journey. Throws what publishing the draft would, and
 * `BadParams` for a user who does not exist.
 */
export function startTestRun(
  deps: EnqueueDeps & { author: Author },
  { id, limited }: CheckedDraft,
  { names, triggerData }: TestRun,
): Promise<string | undefined> {
  return transact(deps, async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined) return undefined;
    const definition = await validDraft(tx, journey, limited);
    const user = await lockKnownUser(tx, names);
    const version = await freezeForTest(
      tx,
      journey,
      definition,
      planOf(id, definition.tiles, definition.exitRules),
    );
    const entryId = await insertTestRun(tx, { userId: user.id, journeyId: id, version, triggerData });
    await record(tx, deps.author, { action: 'journey.test', id, name: journey.name, after: { entryId } });
    return entryId;
  });
}

/** A name that was mistyped must not make a user, whom real requests are about then. */
async function lockKnownUser(tx: EnqueuingDatabase, names: Names): Promise<UserRow> {
  const user = await lockUser(tx, await decidingNames(tx, names));
  if (user !== undefined) return user;
  throw badParams({
    [names.email === undefined ? 'userId' : 'email']:
      'There is no such user. A test run needs one: create them with POST /api/users/update, or name another.',
  });
}
