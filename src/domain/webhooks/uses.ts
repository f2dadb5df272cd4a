import type { Tile } from '../journeys/tiles/tile';

/** A tile that calls a saved webhook. */
export interface WebhookUse {
  tileId: string;
  tileType: Tile['type'];
  webhookId: number;
  /** The tile's index in the journey. */
  index: number;
}

/**
 * A webhook that a tile of this type uses in a published version can be neither edited nor deleted, because later
 * tiles read the data that it retrieves (B127, C8).
 */
export const LOCKING_TILE = 'liveData' satisfies Tile['type'];

/** The tiles of any type that name a saved webhook. Inline webhooks are not shared and not listed. */
export function webhookUsesOf(tiles: Tile[]): WebhookUse[] {
  return tiles.flatMap((tile, index) =>
    'webhookId' in tile && tile.webhookId !== undefined
      ? [{ tileId: tile.id, tileType: tile.type, webhookId: tile.webhookId, index }]
      : [],
  );
}
