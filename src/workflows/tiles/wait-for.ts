import { condition, upsertSearchAttributes } from '@temporalio/workflow';
import type { WaitAnswer } from '../../activities/contract';
import type { WaitingTile } from '../../domain/journeys/plan';
import { housekeeping } from '../housekeeping';
import type { Course, TileOutcome, Visit } from './visit';

/**
 * Waits until something happens, or the time has passed. Who was first the database decides: it marks the wait, and only
 * then signals; so when the time has passed it is asked, and knows of an event whose signal is late.
 */
export async function waitForEvent(
  tile: WaitingTile,
  { maxRequests: _maxRequests, ...at }: Visit,
  { wakes, waitsFor }: Course,
): Promise<TileOutcome> {
  const { entryId, tileId, visit } = at;
  const ask = () => housekeeping.wait({ ...at, now: Date.now() });
  // The signal may come before the answer of the activity that opened the wait.
  const wake = wakes.expect(`${entryId}/${tileId}/${visit}`, tile.arms.length);
  let answer: WaitAnswer = await ask();
  if (answer.kind === 'waiting') upsertSearchAttributes({ WayhookTile: [tileId] });
  for (;;) {
    if (answer.kind === 'superseded') return { superseded: true };
    if (answer.kind === 'ended') return { ended: answer.end };
    if (answer.kind === 'left') {
      const next = answer.arm === null ? tile.onTimeout : tile.arms[answer.arm - 1];
      const way = answer.arm === null ? 'timeout' : String(answer.arm);
      if (next !== undefined) return { next, walked: [{ tileId, way }] };
      // An answer made by hand names an arm that is none.
      answer = await ask();
    } else {
      waitsFor('event', answer.ms);
      const summary = `Tile ${tileId}: wait for an event`;
      const woken = await condition(() => wake.arm !== undefined, answer.ms, { summary });
      answer = woken ? { kind: 'left', arm: wake.arm! } : await ask();
    }
  }
}
