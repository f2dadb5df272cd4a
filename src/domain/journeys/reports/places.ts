import type { Tile } from '../tiles/tile';
import { leadsTo } from '../ways';

/* Where the users of a journey are, and where they went. */

/** Open entries of one version that last reached the same tile. */
export interface OpenGroup {
  version: number;
  /** Null before the first tile. */
  tileId: string | null;
  /** What has become of the visit: `due` is a wait whose time is up, `reached` one that has not begun. */
  state:
    'accepted' | 'decided' | 'waiting' | 'due' | 'calling' | 'retrying' | 'delivered' | 'failed' | 'reached';
  /** Where the tile's step says that they went. */
  nextTile: string | null;
  users: number;
  /** Since when the first of them is there, in ms since the epoch. */
  oldestAt: number;
}

/** Visits of one tile that were left by the same way. */
export interface PassedGroup {
  tileId: string;
  way: string;
  count: number;
}

export interface TileCount {
  tileId: string;
  users: number;
  waiting: number;
  queued: number;
  retrying: number;
  oldestAt: number | null;
  passed: number;
  ways: Record<string, number>;
}

/** The counts of these tiles, in their order, and of others where users are or were. */
export function countTiles(
  tileIds: string[],
  tilesOf: ReadonlyMap<number, Tile[]>,
  open: OpenGroup[],
  passed: PassedGroup[],
): TileCount[] {
  const counts = new Map(tileIds.map((tileId) => [tileId, emptyCount(tileId)]));
  const countAt = (tileId: string): TileCount => {
    const count = counts.get(tileId) ?? emptyCount(tileId);
    counts.set(tileId, count);
    return count;
  };
  for (const group of open) {
    const tileId = placeOf(group, tilesOf.get(group.version) ?? []);
    if (tileId !== null) addUsers(countAt(tileId), group);
  }
  for (const { tileId, way, count } of passed) {
    // An older version may have had the tile: its users are gone.
    const own = counts.get(tileId);
    if (own === undefined) continue;
    own.passed += count;
    own.ways[way] = (Object.hasOwn(own.ways, way) ? own.ways[way]! : 0) + count;
  }
  return [...counts.values()];
}

function addUsers(count: TileCount, { state, users, oldestAt }: OpenGroup): void {
  count.users += users;
  count.oldestAt = Math.min(count.oldestAt ?? oldestAt, oldestAt);
  if (state === 'waiting') count.waiting += users;
  else if (state === 'retrying') count.retrying += users;
  else if (state !== 'calling') count.queued += users;
}

/** Users who have left a tile are at the next one, though nothing has begun there: many wait for a rate limit. */
function placeOf({ tileId, state, nextTile }: OpenGroup, tiles: Tile[]): string | null {
  if (tileId === null) return tiles[0]?.id ?? null;
  if (state === 'decided') return nextTile ?? tileId;
  const index = tiles.findIndex(({ id }) => id === tileId);
  const { type, next, onFailure } = (tiles[index] ?? {}) as {
    type?: string;
    next?: string;
    onFailure?: string;
  };
  if (state === 'failed')
    return onFailure === undefined ? tileId : (leadsTo(onFailure, index, tiles) ?? tileId);
  const hasLeft = state === 'delivered' || (state === 'due' && type === 'delay');
  return hasLeft ? (leadsTo(next, index, tiles) ?? tileId) : tileId;
}

function emptyCount(tileId: string): TileCount {
  const ways: Record<string, number> = {};
  return { tileId, users: 0, waiting: 0, queued: 0, retrying: 0, oldestAt: null, passed: 0, ways };
}
