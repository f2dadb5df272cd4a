import type { Tile } from './tiles/tile';
import { targetOf, waysOf } from './ways';

/** A condition of a wait that may end it each time the user comes round. */
export interface QuickRound {
  path: (string | number)[];
  message: string;
}

const MESSAGE =
  'From here the user comes back without a delay. While the condition holds, they come round once a minute: ' +
  'a visit within a minute judges it when the minute is over. Put a delay in the cycle to make it rarer.';

/** The conditions of waits in cycles without a delay. */
export function quickRounds(tiles: Tile[]): QuickRound[] {
  return tiles.flatMap((tile, index) => {
    if (tile.type !== 'waitFor') return [];
    return tile.for.flatMap(({ when, next }, arm) => {
      const start = targetOf({ path: [], target: next }, index, tiles);
      if (when === undefined || !comesBack(start, tile, tiles)) return [];
      return [{ path: ['tiles', index, 'for', arm, 'when'], message: MESSAGE }];
    });
  });
}

function comesBack(start: Tile | undefined, to: Tile, tiles: Tile[]): boolean {
  const indexOf = new Map(tiles.map((tile, index) => [tile, index]));
  const seen = new Set<Tile>();
  const next = [start];
  while (next.length > 0) {
    const tile = next.pop();
    if (tile === to) return true;
    if (tile === undefined || tile.type === 'delay' || seen.has(tile)) continue;
    seen.add(tile);
    next.push(...waysOf(tile).map((way) => targetOf(way, indexOf.get(tile)!, tiles)));
  }
  return false;
}
