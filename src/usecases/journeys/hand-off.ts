import type { Database } from '../../db/connection/client';
import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../../db/enqueue';
import { closeEntry, endOfEntry } from '../../db/entries/close';
import { entryLimitsOf } from '../../db/entries/entry-limits';
import {
  claimStanding,
  type HandOff,
  type HandOffResult,
  insertHandOff,
  lockUserOf,
  type Standing,
} from '../../db/entries/hand-offs';
import { insertEntries } from '../../db/entries/start';
import type { EntryEnd, Skip } from '../../domain/entry';

/**
 * How often an entry, together with those that it led to, may send its user on within 24 hours: it stops journeys that
 * send users to each other, or to themselves.
 */
export const MOST_HAND_OFFS = 25;

export type HandOffOutcome =
  | ({ kind: 'walked' } & HandOffResult)
  | { kind: 'ended'; end: EntryEnd }
  /** The entry is closed, or another run owns it. */
  | { kind: 'superseded' };

/**
 * Sends an entry's user into another journey, as the trigger call would, with the entry's own trigger data, and closes
 * the entry where the tile is its last. One transaction: however often it is repeated, a visit sends once.
 */
export async function handOffUser(deps: EnqueueDeps, sending: HandOff, at: number): Promise<HandOffOutcome> {
  const outcome = await transact(deps, async (tx) => {
    const user = await lockUserOf(tx, sending.entryId);
    return user && handOffLockedUser(tx, sending, user, at);
  });
  if (outcome) return { kind: 'walked', ...outcome };
  const end = await endOfEntry(deps.db, sending);
  return end ? { kind: 'ended', end } : { kind: 'superseded' };
}

async function handOffLockedUser(
  tx: EnqueuingDatabase,
  sending: HandOff,
  user: { id: number },
  at: number,
): Promise<HandOffResult | undefined> {
  const standing = await claimStanding(tx, sending, at);
  if (standing === undefined) return undefined;
  const { sentTo, skipped, chain } = standing;
  if (sentTo ?? skipped) return { sentTo, skipped } as HandOffResult;
  if (sending.then === 'complete') await closeEntry(tx, sending, { status: 'completed' }, at);
  const skip = await skipOf(tx, sending, standing, user);
  const entry = { userId: user.id, journeyId: sending.journeyId, version: standing.version! };
  const [started] = skip ? [] : await insertEntries(tx, [entry], standing.triggerData);
  const sent: HandOffResult = skip ? { sentTo: null, skipped: skip } : { sentTo: started!, skipped: null };
  await insertHandOff(tx, sending, chain, sent);
  return sent;
}

async function skipOf(
  tx: Database,
  { journeyId: id }: HandOff,
  { version, sent, lifetime, simultaneous, suppressing }: Standing,
  user: { id: number },
): Promise<Skip | undefined> {
  if (version === null) return 'notPublished';
  if (sent >= MOST_HAND_OFFS) return 'chainLimit';
  const limitOf = await entryLimitsOf(tx, [user.id], [{ id, lifetime, simultaneous, suppressing }]);
  return limitOf(user.id, id);
}
