/*
 * Users who wait for one moment, such as 9:00, do not all go on in the same second: each has a place in the time after
 * it. The place follows from the entry's id, so that it is the same however often it is asked for.
 */

/** The place of each user is within this time after the moment, in ms, ... */
export const LEAST_SPREAD_MS = 20_000;

/** ... and within so much for each of those who wait, which is fifty users a second, ... */
export const SPREAD_PER_USER_MS = 20;

/** ... but never later than this. */
export const MOST_SPREAD_MS = 900_000;

/**
 * How long after a shared moment an entry goes on from a tile, in ms. `waiting`: how many wait at the tile. `within`:
 * nobody goes on after half of this time, so that all still go on before the hours end.
 */
export function spreadOf(entryId: string, tileId: string, waiting: number, within = Infinity): number {
  const range = Math.max(LEAST_SPREAD_MS, waiting * SPREAD_PER_USER_MS);
  return Math.floor(placeOf(`${entryId}/${tileId}`) * Math.min(range, MOST_SPREAD_MS, within / 2));
}

/** From 0 inclusive to 1 exclusive: FNV-1a, with the last step of MurmurHash3, which spreads texts that differ little. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
