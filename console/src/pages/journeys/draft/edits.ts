import { getAt, setAt } from './at-path';
import type { Tile } from './draft';
import { ENTRY, EXIT, optionalWays, type Way, wayFields, waysOf } from './ways';

/*
 * Edits of a journey's tiles. Each keeps where every other way leads: a way whose field is left out leads to the tile
 * that follows, so a change of the order writes it where it would lead elsewhere, and nowhere else.
 */

type Tiles = readonly Tile[];
type Target = string | null;
/** Which way: a tile and the path of the field. */
export type WayKey = Pick<Way, 'from' | 'path'>;

const keyOf = ({ from, path }: WayKey) => `${from} ${path}`;

/** Puts a new tile on a way. Users go on to where the way led. */
export function addOnWay(tiles: Tiles, at: WayKey, tile: Tile): Tiles {
  const ways = waysOf(tiles);
  const led = ways.find((way) => keyOf(way) === keyOf(at))?.to ?? null;
  const index = at.from === ENTRY ? 0 : tiles.findIndex(({ id }) => id === at.from) + 1;
  const after = [...tiles.slice(0, index), tile, ...tiles.slice(index)];
  return rewired(after, (way) => {
    if (way.from === tile.id) return led;
    return keyOf(way) === keyOf(at) ? tile.id : targetIn(ways, way);
  });
}

/** Removes a tile. Those who came there go on by its first way; what only its other ways lead to stays, unreached. */
export function remove(tiles: Tiles, id: string): Tiles {
  const ways = waysOf(tiles);
  const led = ways.find((way) => way.from === id)?.to ?? null;
  const to = led === id ? null : led;
  const rest = tiles.filter((tile) => tile.id !== id);
  const isFirst = tiles[0]?.id === id;
  // The first tile is where users enter.
  const ordered = isFirst ? startingWith(rest, to) : rest;
  return rewired(ordered, (way) => {
    const target = targetIn(ways, way);
    return target === id ? to : target;
  });
}

/** Takes a tile out of its place, and puts it on another way. Its other ways lead to where they led. */
export function move(tiles: Tiles, id: string, at: WayKey): Tiles {
  const tile = tiles.find((other) => other.id === id);
  if (tile === undefined || at.from === id) return tiles;
  const ways = waysOf(tiles);
  const without = remove(tiles, id);
  const [main] = wayFields(tile);
  const placed = addOnWay(without, at, tile);
  const landed = waysOf(placed);
  return rewired(placed, (way) => {
    const target = targetIn(landed, way);
    if (way.from !== id || way.path === main?.path) return target;
    const before = targetIn(ways, way);
    return before === id ? target : before;
  });
}

/** Lets a way lead elsewhere: to a tile, or for null to the end of the journey. */
export function connect(tiles: Tiles, at: WayKey, to: Target): Tiles {
  const ways = waysOf(tiles);
  if (at.from === ENTRY) return rewired(startingWith(tiles, to), (way) => targetIn(ways, way));
  return tiles.map((tile, index) => {
    if (tile.id !== at.from) return tile;
    const isFollowing = to === (tiles[index + 1]?.id ?? null);
    const isLeftOut = isFollowing && !isOptional(tile, at.path);
    return setAt(tile, at.path, isLeftOut ? undefined : (to ?? EXIT));
  });
}

/** Changes a tile in its place. Its id may change: the ways to it follow. */
export function replace(tiles: Tiles, id: string, tile: Tile): Tiles {
  const changed = tiles.map((other) => (other.id === id ? tile : other));
  if (tile.id === id) return changed;
  return changed.map((other) =>
    wayFields(other).reduce(
      (before, { path }) => (getAt(before, path) === id ? setAt(before, path, tile.id) : before),
      other,
    ),
  );
}

/** An id that no tile has: `webhook`, `webhook-2`. */
export function freeId(tiles: Tiles, wanted: string): string {
  const taken = new Set(tiles.map(({ id }) => id));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

function targetIn(ways: readonly Way[], at: WayKey): Target {
  return ways.find((way) => keyOf(way) === keyOf(at))?.to ?? null;
}

/** With this tile first; with none, where users would leave at once, nothing changes. */
function startingWith(tiles: Tiles, id: Target): Tiles {
  const first = tiles.find((tile) => tile.id === id);
  return first === undefined ? tiles : [first, ...tiles.filter((tile) => tile !== first)];
}

/** Lets every way lead where `targetOf` says, in the order in which the tiles stand now. */
function rewired(tiles: Tiles, targetOf: (way: Way) => Target): Tiles {
  const ways = waysOf(tiles);
  return tiles.map((tile, index) => {
    const following = tiles[index + 1]?.id ?? null;
    const changed = ways.filter((way) => way.from === tile.id && !way.isFixed && way.to !== targetOf(way));
    return changed.reduce((before, way) => {
      const to = targetOf(way);
      const isLeftOut = to === following && !isOptional(tile, way.path);
      return setAt(before, way.path, isLeftOut ? undefined : (to ?? EXIT));
    }, tile);
  });
}

/** Left out, such a way is not there. */
function isOptional(tile: Tile, path: string): boolean {
  return optionalWays(tile).some((way) => way.path === path);
}
