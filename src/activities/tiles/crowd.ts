import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/connection/client';
import { countAtTile, type TileOfVersion } from '../../db/entries/steps/at-tile';
import { MOST_SPREAD_MS, SPREAD_PER_USER_MS } from '../../domain/journeys/timing/spread';
import { activityTime } from '../failures';

/** How many users are at a tile, more or less: those who wait there for the same moment are spread by it. */
export type Crowd = (at: TileOfVersion) => Promise<number>;

/** Users beyond this many are not spread further. */
const MOST_COUNTED = MOST_SPREAD_MS / SPREAD_PER_USER_MS;

/** A count that is this old is made again. */
const COUNT_AGAIN_MS = 5_000;

/** Counts once in a while, not once for every user. */
export function createCrowd(db: Database): Crowd {
  const counted = new LRUCache<string, { at: number; count: number }>({ max: 1_000 });
  return async (tile) => {
    const key = `${tile.journeyId}/${tile.version}/${tile.tileId}`;
    const now = activityTime();
    const last = counted.get(key);
    if (last && now >= last.at && now < last.at + COUNT_AGAIN_MS) return last.count;
    const count = await countAtTile(db, tile, MOST_COUNTED);
    counted.set(key, { at: now, count });
    return count;
  };
}
