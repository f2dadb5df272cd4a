import { LRUCache } from 'lru-cache';
import { type ApiKey, findApiKey } from '../../db/api-keys';
import type { Database } from '../../db/connection/client';

/** How long a key that another server revoked may still work here. */
const REMEMBERED_MS = 1_000;

export interface KnownKeys {
  /** The key's row, or undefined when the key is unknown or revoked. */
  find: (key: string) => Promise<ApiKey | undefined>;
  /** After a key was revoked: it does not work from now on, not even for one more request. */
  forget: () => void;
}

/** Looks keys up in the database, at most once a second each. */
export function createKnownKeys(db: Database): KnownKeys {
  const remembered = new LRUCache<string, ApiKey>({ max: 1_000, ttl: REMEMBERED_MS, ttlResolution: 0 });
  let forgotten = 0;
  return {
    async find(key) {
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const before = forgotten;
      const found = await findApiKey(db, key);
      // What was read before a revocation may be the revoked key.
      if (found !== undefined && before === forgotten) remembered.set(key, found);
      return found;
    },
    forget() {
      forgotten += 1;
      remembered.clear();
    },
  };
}
