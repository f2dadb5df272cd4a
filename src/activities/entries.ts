import { log } from '@temporalio/activity';
import type { Database } from '../db/connection/client';
import { leaveCallback } from '../db/deliveries/callbacks';
import type { TileVisit } from '../db/deliveries/deliveries';
import type { Owner } from '../db/entries/entries';
import { arriveAt } from '../db/entries/steps/steps';
import { enqueuing } from '../db/enqueue';
import { closedOutcome, closeEntry, endOfEntry, type ExitVisit } from '../db/entries/close';
import type { OutboxItem } from '../db/outbox';
import type { HandOff } from '../db/entries/hand-offs';
import { handOffUser } from '../usecases/journeys/hand-off';
import { waitFor } from '../usecases/journeys/wait-for';
import type { EntryEnd, Skip } from '../domain/entry';
import { admit, type AdmitAnswer, type AdmitInput } from './admit';
import { claimantOf } from './claimant';
import type { ArrivalAnswer, HandOffAnswer, LeaveAnswer, WaitAnswer, WaitInput } from './contract';
import { activityTime, retriedByTemporal } from './failures';
import type { AtTile, ExitAtTile } from './tiles/exit-at-tile';

export interface EntryDeps {
  db: Database;
  maxRequests: number;
  /** Passes an outbox item to the dispatcher. Never throws: the item is in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
  exitAtTile: ExitAtTile;
}

/** A visit of a tile that holds the user for so many ms. */
export interface Arrival extends Owner {
  tileId: string;
  visit: number;
  ms: number;
}

/** Bookkeeping of entries, for tiles without a delivery that could do it in passing. All of it is idempotent. */
export function createEntries({ db, maxRequests, enqueue, exitAtTile }: EntryDeps) {
  return {
    /** Inserts the row of an entry that a bare client started, and returns the plan to the workflow. */
    admit: (input: AdmitInput): Promise<AdmitAnswer> =>
      retriedByTemporal(() => admit({ db, maxRequests, enqueue }, input)),

    /** Records that an entry has reached a tile that waits. False when it belongs to another run. */
    arrive: (input: Arrival & AtTile): Promise<ArrivalAnswer> =>
      retriedByTemporal(async () => {
        const end = await exitAtTile(input);
        if (end) return { kind: 'ended', end };
        const { tileId, visit, ms } = input;
        const at = activityTime();
        const claimant = claimantOf(input);
        if (await arriveAt(db, claimant, { tileId, visit, at, until: at + ms })) return true;
        const closed = await closedOutcome(db, claimant);
        return closed.kind === 'ended' && closed;
      }),

    /**
     * Closes an entry where no delivery closes it; `exit` is the visit of the exit tile that it ends at. Answers how it
     * had ended if it was closed before.
     */
    close: ({ end, exit, ...owner }: Owner & { end: EntryEnd; exit?: ExitVisit }): Promise<EntryEnd | null> =>
      retriedByTemporal(() => close({ db, enqueue }, owner, end, exit)),

    /** Ends the wait for an endpoint's call, which may have come all the same. */
    leaveCallback: (visit: TileVisit): Promise<LeaveAnswer> =>
      retriedByTemporal(async () => {
        const status = await leaveCallback(db, visit, activityTime());
        return status === null ? { kind: 'timedOut' } : { kind: 'calledBack', status };
      }),

    /** Enters the user of an entry into another journey. */
    send: (input: HandOff & AtTile): Promise<HandOffAnswer> =>
      retriedByTemporal(async () => {
        const end = await exitAtTile(input);
        return end ? { kind: 'ended', end } : send({ db, enqueue }, input);
      }),

    /** Lets the user of an entry wait, or says how the wait has ended. */
    wait: ({ now, ...visit }: WaitInput): Promise<WaitAnswer> =>
      retriedByTemporal(async () => {
        const end = await exitAtTile(visit);
        if (end) return { kind: 'ended', end };
        return waitFor(db, claimantOf(visit), Math.max(now, activityTime()));
      }),
  };
}

async function close(
  { db, enqueue }: Pick<EntryDeps, 'db' | 'enqueue'>,
  owner: Owner,
  end: EntryEnd,
  exit: ExitVisit | undefined,
): Promise<EntryEnd | null> {
  const claimant = claimantOf(owner);
  const closed = await enqueuing({ db, enqueue }, (tx) =>
    closeEntry(tx, claimant, end, activityTime(), exit),
  );
  return closed ? null : ((await endOfEntry(db, claimant)) ?? null);
}

async function send(
  { db, enqueue }: Pick<EntryDeps, 'db' | 'enqueue'>,
  input: HandOff,
): Promise<HandOffAnswer> {
  const outcome = await handOffUser({ db, enqueue }, claimantOf(input), activityTime());
  if (outcome.kind === 'walked' && isForOperators(outcome.skipped)) {
    const { entryId, tileId, journeyId } = input;
    log.warn('a user was not sent to another journey', {
      ...{ entryId, tileId, journeyId, reason: outcome.skipped },
    });
  }
  return outcome;
}

/** Reasons that lie with the journeys, not with the user. */
function isForOperators(skipped: Skip | null): boolean {
  return skipped === 'notPublished' || skipped === 'chainLimit';
}
