import type { Tile } from '../draft/draft';
import type { Way } from '../draft/ways';
import type { Face } from './tile-face';

/** What the canvas and the list view show, and what one can do in both. */
export interface Board {
  tiles: readonly Tile[];
  ways: readonly Way[];
  /** The way in first, then the tiles in their order. */
  faces: readonly Face[];
  /** The tile whose form is open. */
  open: string | undefined;
  openTile: (id: string | undefined) => void;
  /** Offers the types of tiles, to put one on one of these ways. */
  offerTiles: (ways: Way[], anchor: HTMLElement) => void;
  removeTile: (id: string) => void;
  canEdit: boolean;
}
