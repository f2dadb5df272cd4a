import { sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { PlannedTile } from '../../domain/journeys/plan';
import { housekeeping } from '../housekeeping';
import type { Course, TileOutcome, Visit } from './visit';

/** Waits for a fixed time. The tile is recorded first, in the entry's row and as a search attribute. */
export async function waitAtDelay(
  tile: PlannedTile & { kind: 'delay' },
  { maxRequests: _maxRequests, ...at }: Visit,
  { waitsFor }: Course,
): Promise<TileOutcome> {
  const { tileId } = at;
  const claimed = await housekeeping.arrive({ ...at, ms: tile.ms });
  if (claimed === false) return { superseded: true };
  if (claimed !== true) return { ended: claimed.end };
  upsertSearchAttributes({ WayhookTile: [tileId] });
  waitsFor('delay', tile.ms);
  await sleep(tile.ms, { summary: `Tile ${tileId}: delay` });
  return { next: tile.next };
}
