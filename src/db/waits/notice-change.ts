import {
  armOfEvent,
  armThatHolds,
  earlierArm,
  type JudgedEvent,
  needsOfArms,
  whyOfArm,
} from '../../domain/journeys/arms';
import { eventDataOf } from '../../domain/journeys/event-data';
import type { Facts } from '../../domain/journeys/facts';
import { rootsOfEntry } from '../../domain/journeys/roots';
import { eventKey } from '../../domain/journeys/watch';
import { giveWay } from '../../domain/turns';
import type { EnqueuingDatabase } from '../enqueue';
import type { InsertedEvent, NewEvent } from '../events/insert';
import { loadFacts } from '../users/facts';
import type { UserRow } from '../users/lock';
import { refreshWatched } from '../users/watched';
import { exitByRules } from '../entries/exits/exit-rules';
import { type EndedWait, endWaits } from './end-waits';
import { type OpenWait, readOpenWaits } from './open-waits';

/** An event that was recorded just now. */
interface NoticedEvent extends JudgedEvent {
  /** Ours. */
  id: string;
  seq: number;
}

/** Ends the waits, and the entries, that an event ends. The transaction has locked the user's row and inserted the event. */
export function noticeEvent(
  tx: EnqueuingDatabase,
  user: UserRow,
  event: NewEvent,
  { eventId: id, seq }: InsertedEvent,
): Promise<void> {
  const { name } = event;
  return noticeChange(tx, user, [eventKey(name)], { id, seq, name, data: eventDataOf(event) });
}

/**
 * Ends the waits, and the entries, that a change of a user ends, whose row the transaction has locked: everybody who
 * changes what a user is or did calls it, with the keys of `watch.ts` and with the user as they are now. For a user whose
 * entries watch for none of this it costs nothing.
 */
export async function noticeChange(
  tx: EnqueuingDatabase,
  user: UserRow,
  keys: string[],
  event?: NoticedEvent,
): Promise<void> {
  if (!keys.some((key) => user.watched.includes(key))) return;
  // First: who leaves waits for nothing any more.
  await exitByRules(tx, user, keys, event);
  await wakeWaits(tx, user, keys, event);
  await refreshWatched(tx, user.id);
}

/** In pages: there may be many, and each has an entry's data. */
async function wakeWaits(
  tx: EnqueuingDatabase,
  user: UserRow,
  keys: string[],
  event: NoticedEvent | undefined,
): Promise<void> {
  // In a statement of its own: one that waited for the lock would not see what was committed meanwhile.
  let page = await readOpenWaits(tx, user.id, keys, '');
  while (page.length > 0) {
    const facts = await loadFacts(tx, user.id, needsOfArms(page.flatMap(({ arms }) => arms)), page[0]!.now);
    await endWaits(
      tx,
      page.flatMap((wait) => endOf(wait, user, facts, event) ?? []),
    );
    await giveWay();
    page = await readOpenWaits(tx, user.id, keys, page.at(-1)!.id);
  }
}

/** How a wait ends; undefined where it stays open. */
function endOf(
  wait: OpenWait,
  user: UserRow,
  facts: Facts,
  event: NoticedEvent | undefined,
): EndedWait | undefined {
  const judgement = { roots: rootsOfEntry(user, wait), facts };
  const byEvent = event && armOfEvent(wait.arms, event, judgement);
  const byCondition = wait.judgesConditions ? armThatHolds(wait.arms, judgement) : undefined;
  const arm = earlierArm(byEvent, byCondition);
  if (arm === undefined) return undefined;
  const met = arm === byEvent ? event : undefined;
  return {
    id: wait.id,
    arm,
    eventId: met?.id ?? null,
    seq: met?.seq ?? null,
    why: whyOfArm(wait.arms, arm, judgement),
    nextTile: wait.arms[arm - 1]!.next,
    events: { ...wait.events, [wait.name]: { ...met?.data, _arm: arm } },
  };
}
