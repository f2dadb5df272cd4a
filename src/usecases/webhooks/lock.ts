import type { Database } from '../../db/connection/client';
import { type LockingTile, lockingTiles } from '../../db/webhooks/uses';
import { ApiError } from '../../domain/errors';

/**
 * Throws `Conflict`, with the tiles, when a Live Data tile of a published journey uses the webhook (B127). The
 * transaction has locked the webhook's row, so that no such version is published meanwhile.
 */
export async function refuseLocked(db: Database, webhookId: number): Promise<void> {
  const tiles = await lockingTiles(db, [webhookId]);
  if (tiles.length === 0) return;
  throw new ApiError('Conflict', whyLocked(tiles), {
    tiles: tiles.map(({ webhookId: _webhookId, ...tile }) => tile),
  });
}

/** Why a webhook can be neither edited nor deleted, and what to do (B128). */
export function whyLocked(tiles: LockingTile[]): string {
  const [{ webhookId, tileId, journeyId, journeyName }, ...others] = tiles as [LockingTile, ...LockingTile[]];
  const more = others.length === 0 ? '' : ` (and by ${others.length} more)`;
  return (
    `Webhook ${webhookId} is used by the Live Data tile “${tileId}” of the published journey “${journeyName}” ` +
    `(${journeyId})${more}. Unpublish the journey, or publish it without the tile, then send this again.`
  );
}
