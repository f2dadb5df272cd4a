import { sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { PlannedTile } from '../../domain/journeys/plan';
import { housekeeping } from '../housekeeping';
import type { Course, TileOutcome, Visit } from './visit';

/** Waits until a moment that depends on the user. If it has passed, or there is none, the user goes on at once. */
export async function waitUntil(
  tile: PlannedTile & { kind: 'until' },
  { maxRequests: _maxRequests, ...at }: Visit,
  { waitsFor }: Course,
): Promise<TileOutcome> {
  const { tileId } = at;
  const answer = await housekeeping.hold({ ...at, now: Date.now() });
  if (answer.kind === 'superseded') return { superseded: true };
  if (answer.kind === 'ended') return { ended: answer.end };
  const { ms, way } = answer;
  if (ms > 0) {
    upsertSearchAttributes({ WayhookTile: [tileId] });
    waitsFor('delay', ms);
    const until = new Date(Date.now() + ms).toISOString();
    await sleep(ms, { summary: `Tile ${tileId}: delay until ${until}` });
  }
  const { next, onPast = next, onMissing = next } = tile;
  return { next: { next, past: onPast, missing: onMissing }[way], walked: [{ tileId, way }] };
}
