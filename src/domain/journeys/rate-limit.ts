import { z } from 'zod';

const SECONDS = { second: 1, minute: 60, hour: 3_600 };

/** The rate of a key with weight 1, in activities per second. Weights range from 0.001 to 1000. */
export const DEFAULT_RATE = 0.5;

const LOWEST = 2 / SECONDS.hour;
const HIGHEST = 500;

const Rate = z.strictObject({ limit: z.int(), per: z.enum(['second', 'minute', 'hour']) });

/** The most requests that a tile may send in a period: 2 per hour to 500 per second (B115). */
export const RateLimit = Rate.refine(
  (rateLimit) => rateOf(rateLimit) >= LOWEST && rateOf(rateLimit) <= HIGHEST,
  { path: ['limit'], message: 'A rate limit is between 2 per hour and 500 per second.' },
);
export type RateLimit = z.infer<typeof RateLimit>;

/** A limit that Temporal enforces on a tile's activities, by its fairness key (docs/rate-limits.md). */
export interface TileRateLimit {
  key: string;
  /** The tile's rate as a multiple of `DEFAULT_RATE`. */
  weight: number;
}

/** The limit of one tile, shared by all versions of its journey; every tile has its own limit (B118). */
export function rateLimitOf(journeyId: number, tileId: string, rateLimit: RateLimit): TileRateLimit {
  return { key: keyOf(journeyId, tileId), weight: rateOf(rateLimit) / DEFAULT_RATE };
}

/** In requests per second. */
function rateOf({ limit, per }: z.infer<typeof Rate>): number {
  return limit / SECONDS[per];
}

/** Temporal's maximum length of a key. */
const LONGEST_KEY = 64;

function keyOf(journeyId: number, tileId: string): string {
  const key = `${journeyId}/${tileId}`;
  if (key.length <= LONGEST_KEY) return key;
  const digest = `~${digestOf(tileId)}`;
  return key.slice(0, LONGEST_KEY - digest.length) + digest;
}

/** The 64-bit FNV-1a hash in hexadecimal: enough to distinguish the tiles of one journey. */
function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of text) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
