import { type Closed, closedOutcome } from '../../db/entries/close';
import type { Claimant, Owner } from '../../db/entries/entries';
import { lockUserOfEntry } from '../../db/entries/profile';
import type { Database } from '../../db/connection/client';
import { loadFacts } from '../../db/users/facts';
import { refreshWatched, watchKeys } from '../../db/users/watched';
import { firstEventsSince, placeBefore } from '../../db/waits/look-back';
import { claimWaiting, endOwnWait, judgeFromNowOn, openWait, type Waiting } from '../../db/waits/waiting';
import { armThatHolds, type Judgement, keysOfArms, needsOfArms, whyOfArm } from '../../domain/journeys/arms';
import { rootsOfEntry } from '../../domain/journeys/roots';
import { parseDuration } from '../../domain/time/duration';

/** One visit of a tile at which the user waits. */
export interface WaitVisit extends Owner {
  tileId: string;
  visit: number;
}

export type WaitOutcome =
  /** The user waits: ask again after so many ms, unless the wait's signal comes before. */
  | { kind: 'waiting'; ms: number }
  /** The wait has ended: by the arm at this position, from 1, or by none, because the time has passed. */
  | { kind: 'left'; arm: number | null }
  | Closed;

/** A cycle whose wait ends by a condition that already holds goes round once in this time. */
const SHORTEST_ROUND_MS = 60_000;

/**
 * The most open waits of one user: each of them is looked at when something happens that it waits for, in one transaction,
 * for which others wait where the database is the embedded one.
 */
const MOST_WAITS = 1_000;

/**
 * Lets a user wait, or says how the wait has ended: by what has happened since they arrived, by a condition that holds,
 * or by its deadline, which is decided here, under the lock of the user's row. However often it is repeated, a visit waits
 * once.
 */
export async function waitFor(db: Database, visit: WaitVisit & Claimant, at: number): Promise<WaitOutcome> {
  const outcome = await db.transaction(async (tx) => {
    const user = await lockUserOfEntry(tx, visit.entryId);
    const waiting = user && (await claimWaiting(tx, visit, user.id, at));
    return waiting && (waiting.wait ? goOn(tx, waiting, waiting.wait, at) : begin(tx, waiting, at));
  });
  return outcome ?? closedOutcome(db, visit);
}

async function begin(tx: Database, waiting: Waiting, at: number): Promise<WaitOutcome> {
  const { tile, user, openWaits, lastPassedAt } = waiting;
  const judgement = await judgementOf(tx, waiting, at);
  const nextRoundAt = lastPassedAt === null ? at : lastPassedAt + SHORTEST_ROUND_MS;
  const judgedFrom = nextRoundAt > at ? nextRoundAt : null;
  const byCondition = judgedFrom === null ? armThatHolds(tile.for, judgement) : undefined;
  const since = await countingSince(tx, waiting);
  const byEvent = await firstEventsSince(tx, waiting, since, judgement, byCondition);
  const arm = byEvent?.arm ?? byCondition ?? null;
  const deadline = at + parseDuration(tile.timeout)!;
  if (arm !== null || openWaits >= MOST_WAITS) {
    const why = arm === null ? 'too many waits of the user' : whyOfArm(tile.for, arm, judgement);
    await endOwnWait(tx, waiting, { arm, why, event: byEvent, since, deadline }, at);
    return { kind: 'left', arm };
  }
  await openWait(tx, waiting, { keys: keysOfArms(tile.for), since, deadline, judgedFrom }, at);
  await watchKeys(tx, user.id, keysOfArms(tile.for));
  return { kind: 'waiting', ms: Math.min(deadline, judgedFrom ?? deadline) - at };
}

/** After which place in their order events count. After a delay it is its end, which may be a while ago. */
async function countingSince(tx: Database, waiting: Waiting): Promise<number> {
  const { tile, user, enteredSeq, arrivedSeq, now, dueAt } = waiting;
  const known = tile.since === 'entry' ? enteredSeq : arrivedSeq;
  if (known !== null) return known;
  const names = tile.for.flatMap(({ event }) => event ?? []);
  if (dueAt === null || names.length === 0) return now;
  return (await placeBefore(tx, user.id, names, dueAt)) ?? now;
}

/** The wait is there: its signal is late, its time has passed, or its conditions are to be looked at from now on. */
async function goOn(
  tx: Database,
  waiting: Waiting,
  wait: NonNullable<Waiting['wait']>,
  at: number,
): Promise<WaitOutcome> {
  const { deadline, judgedFrom, since } = wait;
  if (!wait.isOpen) return { kind: 'left', arm: wait.arm };
  const judgement = await judgementOf(tx, waiting, at);
  const waitsToJudge = judgedFrom !== null && at < judgedFrom;
  const holds = waitsToJudge ? undefined : armThatHolds(waiting.tile.for, judgement);
  if (holds === undefined && at < deadline) {
    if (waitsToJudge) return { kind: 'waiting', ms: Math.min(judgedFrom, deadline) - at };
    if (judgedFrom !== null) await judgeFromNowOn(tx, waiting);
    return { kind: 'waiting', ms: deadline - at };
  }
  const arm = holds ?? null;
  const why = arm === null ? null : whyOfArm(waiting.tile.for, arm, judgement);
  await endOwnWait(tx, waiting, { arm, why, event: undefined, since, deadline }, at);
  await refreshWatched(tx, waiting.user.id);
  return { kind: 'left', arm };
}

async function judgementOf(tx: Database, { user, entry, tile }: Waiting, at: number): Promise<Judgement> {
  const facts = await loadFacts(tx, user.id, needsOfArms(tile.for), at);
  return { roots: rootsOfEntry(user, entry), facts };
}
