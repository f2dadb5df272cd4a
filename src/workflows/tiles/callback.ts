import { condition } from '@temporalio/workflow';
import type { CallbackAnswer, LeaveAnswer } from '../../activities/contract';
import type { EntryEnd } from '../../domain/entry';
import type { PlannedCallback } from '../../domain/journeys/plan';
import { readEarlierEnd } from '../answer';
import { housekeeping } from '../housekeeping';
import type { ExpectedWake, Wakes } from '../wakes';
import type { Course, TileOutcome, Visit } from './visit';

/** As `CALLBACK_ARMS`, which workflow code may not import. */
const STATUSES = ['success', 'failure'] as const;

/** To be called before the request is sent: the signal may come before the request's answer. */
export function expectCallback(wakes: Wakes, { entryId, tileId, visit }: Visit): ExpectedWake {
  return wakes.expect(`${entryId}/${tileId}/${visit}`, STATUSES.length);
}

/**
 * Waits until the endpoint calls back, if it has not done so, or the time has passed. Who was first the database
 * decides: when the time has passed it is asked, and knows of a call whose signal is late.
 */
export async function waitForCallback(
  callback: PlannedCallback,
  visit: Visit,
  answer: CallbackAnswer,
  { wake, waitsFor }: Pick<Course, 'waitsFor'> & { wake: ExpectedWake },
): Promise<TileOutcome> {
  if (answer.kind === 'awaiting') waitsFor('callback', callback.ms);
  const outcome = answer.kind === 'awaiting' ? await signalOrTimeout(callback, visit, wake) : answer;
  if (outcome.kind === 'timedOut') return { next: callback.timeout };
  if (outcome.status === 'success') return { next: callback.success };
  return callback.failure === undefined ? exit(visit) : { next: callback.failure };
}

async function signalOrTimeout(
  { ms }: PlannedCallback,
  { maxRequests: _maxRequests, ...visit }: Visit,
  wake: ExpectedWake,
): Promise<LeaveAnswer> {
  const summary = `Tile ${visit.tileId}: wait for the endpoint to call back`;
  if (await condition(() => wake.arm !== undefined, ms, { summary })) {
    return { kind: 'calledBack', status: STATUSES[wake.arm! - 1]! };
  }
  return housekeeping.leaveCallback(visit);
}

async function exit({ entryId, firstRunId }: Visit): Promise<TileOutcome> {
  const detail = 'The endpoint called back to say that it failed.';
  const end: EntryEnd = { status: 'exited', reason: 'callback', detail };
  const earlier = readEarlierEnd(await housekeeping.close({ entryId, firstRunId, end }));
  return { ended: earlier ?? end };
}
