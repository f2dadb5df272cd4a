import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/connection/client';
import { type FrozenVersion, readVersion } from '../../db/journeys/versions';

/** Reads a frozen version of a journey. */
export type VersionCache = (of: { journeyId: number; version: number }) => Promise<FrozenVersion>;

/** Versions never change, so each is read once. */
export function createVersionCache(db: Database): VersionCache {
  const cache = new LRUCache<string, FrozenVersion>({ max: 200 });
  return async ({ journeyId, version }) => {
    const key = `${journeyId}/${version}`;
    const frozen = cache.get(key) ?? (await readVersion(db, journeyId, version));
    cache.set(key, frozen);
    return frozen;
  };
}
