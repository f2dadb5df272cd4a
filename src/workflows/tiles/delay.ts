import { sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { PlannedTile } from '../../domain/journeys/plan';
import { housekeeping } from '../housekeeping';
import type { TileOutcome, Visit } from './visit';

/** Waits for a fixed time. The tile is recorded first, in the entry's row and as a search attribute. */
export async function waitAtDelay(
  tile: PlannedTile & { kind: 'delay' },
  { entryId, firstRunId, tileId }: Visit,
): Promise<TileOutcome> {
  const claimed = await housekeeping.arrive({ entryId, firstRunId, tileId });
  if (!claimed) return { superseded: true };
  upsertSearchAttributes({ WayhookTile: [tileId] });
  await sleep(tile.ms, { summary: `Tile ${tileId}: delay` });
  return { next: tile.next };
}
