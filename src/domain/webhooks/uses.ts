import type { Tile } from '../journeys/tiles';

/** A tile that calls a saved webhook. */
export interface WebhookUse {
  tileId: string;
  tileType: Tile['type'];
  webhookId: number;
  /** Its index among the journey's tiles. */
  index: number;
}

/**
 * A webhook that such a tile of a published version relies on can be neither edited nor deleted: what it
 * retrieves is what later tiles read (B127, C8).
 */
export const LOCKING_TILE = 'liveData' satisfies Tile['type'];

/** The tiles of any type that call a saved webhook; those with an inline webhook are not listed. */
export function webhookUsesOf(tiles: Tile[]): WebhookUse[] {
  return tiles.flatMap((tile, index) =>
    'webhookId' in tile && tile.webhookId !== undefined
      ? [{ tileId: tile.id, tileType: tile.type, webhookId: tile.webhookId, index }]
      : [],
  );
}
