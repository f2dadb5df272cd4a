import type { DelayTile } from './tiles/delay';
import type { Tile } from './tiles/tile';
import { targetOf, waysOf } from './ways';

/** A wait that may be over at once each time the user comes round. */
export interface QuickRound {
  path: (string | number)[];
  message: string;
}

const OF_CONDITION =
  'From here the user comes back without a delay. While the condition holds, they come round once a minute: ' +
  'a visit within a minute judges it when the minute is over. Put a delay in the cycle to make it rarer.';
const OF_MOMENT =
  'From here the user comes back without another delay. Once the moment has passed, or while the field has no date, ' +
  'they come round once a minute. Lead onPast and onMissing out of the cycle, or put a delay in it to make it rarer.';

/** The waits in cycles that may be over at once, and that no delay is with. */
export function quickRounds(tiles: Tile[]): QuickRound[] {
  return tiles.flatMap((tile, index) => {
    const leadsBack = (target: string | undefined) =>
      comesBack(targetOf({ path: [], target }, index, tiles), tile, tiles);
    if (tile.type === 'delay') {
      const isQuick = waysAtOnce(tile).some(leadsBack);
      return isQuick ? [{ path: ['tiles', index, 'until'], message: OF_MOMENT }] : [];
    }
    if (tile.type !== 'waitFor') return [];
    return tile.for.flatMap(({ when, next }, arm) => {
      if (when === undefined || !leadsBack(next)) return [];
      return [{ path: ['tiles', index, 'for', arm, 'when'], message: OF_CONDITION }];
    });
  });
}

/** Where a delay leads whose moment has passed, or whose field has no date. */
function waysAtOnce({ until, next }: DelayTile): (string | undefined)[] {
  if (until === undefined) return [];
  return [until.onPast ?? next, ...(until.field === undefined ? [] : [until.onMissing ?? next])];
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
