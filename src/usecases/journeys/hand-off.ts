import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../../db/enqueue';
import { type Closed, closedOutcome, closeEntry } from '../../db/entries/close';
import type { Claimant } from '../../db/entries/entries';
import { enterJourneys, insertEntries } from '../../db/entries/enter';
import {
  claimStanding,
  type HandOff,
  type HandOffResult,
  insertHandOff,
  type Standing,
} from '../../db/entries/hand-offs';
import { lockUserOfEntry } from '../../db/entries/profile';
import { recordRefusals } from '../../db/entries/refusals';
import { meetsWhere } from '../../db/entries/where';
import { readUsers } from '../../db/users/read';
import type { Skip } from '../../domain/entry';

/**
 * How often an entry, together with those that it led to, may send its user on within 24 hours: it stops journeys that
 * send users to each other, or to themselves.
 */
export const MOST_HAND_OFFS = 25;

export type HandOffOutcome = ({ kind: 'walked' } & HandOffResult) | Closed;

/**
 * Sends an entry's user into another journey, as the trigger call would, with the entry's own trigger data, and closes
 * the entry where the tile is its last. One transaction: however often it is repeated, a visit sends once.
 */
export async function handOffUser(
  deps: EnqueueDeps,
  sending: HandOff & Claimant,
  at: number,
): Promise<HandOffOutcome> {
  const outcome = await transact(deps, async (tx) => {
    const user = await lockUserOfEntry(tx, sending.entryId);
    return user && handOffLockedUser(tx, sending, user, at);
  });
  return outcome ? { kind: 'walked', ...outcome } : closedOutcome(deps.db, sending);
}

async function handOffLockedUser(
  tx: EnqueuingDatabase,
  sending: HandOff & Claimant,
  user: { id: number },
  at: number,
): Promise<HandOffResult | undefined> {
  const standing = await claimStanding(tx, sending, at);
  if (standing === undefined) return undefined;
  const { sentTo, skipped, chain } = standing;
  if (sentTo ?? skipped) return { sentTo, skipped } as HandOffResult;
  if (sending.then === 'complete') await closeEntry(tx, sending, { status: 'completed' }, at);
  const sent = await send(tx, sending, standing, user.id, at);
  await insertHandOff(tx, sending, chain, sent);
  return sent;
}

async function send(
  tx: EnqueuingDatabase,
  { journeyId: id }: HandOff,
  { version, sent, limited, keyField, test, where, triggerData }: Standing,
  userId: number,
  at: number,
): Promise<HandOffResult> {
  const skip = (skipped: Skip): HandOffResult => ({ sentTo: null, skipped });
  if (version === null) return skip('notPublished');
  if (sent >= MOST_HAND_OFFS) return skip('chainLimit');
  if (test) {
    const [run] = await insertEntries(tx, [{ userId, journeyId: id, version, test }], triggerData);
    return { sentTo: run!.entryId, skipped: null };
  }
  const [user] = where === null ? [] : await readUsers(tx, [userId]);
  if (user && !(await meetsWhere(tx, user, { where }, triggerData, at))) {
    await recordRefusals(tx, [{ userId, journeyId: id, reason: 'where' }]);
    return skip('where');
  }
  const { begun, refused } = await enterJourneys(
    tx,
    [userId],
    [{ id, version, limited, keyField }],
    triggerData,
  );
  return refused[0] ? skip(refused[0].reason) : { sentTo: begun[0]!.entryId, skipped: null };
}
