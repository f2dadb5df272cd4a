import { z } from 'zod';

const SECONDS = { second: 1, minute: 60, hour: 3_600 };

/** The rate of a key whose weight is 1, in activities a second. Weights run from 0.001 to 1000. */
export const DEFAULT_RATE = 0.5;

const LOWEST = 2 / SECONDS.hour;
const HIGHEST = 500;

const Rate = z.strictObject({ limit: z.int(), per: z.enum(['second', 'minute', 'hour']) });

/** How often a tile may call, at most: 2 an hour to 500 a second (B115). */
export const RateLimit = Rate.refine(
  (rateLimit) => rateOf(rateLimit) >= LOWEST && rateOf(rateLimit) <= HIGHEST,
  { path: ['limit'], message: 'A rate limit is from 2 an hour to 500 a second.' },
);
export type RateLimit = z.infer<typeof RateLimit>;

/** A limit that Temporal enforces on a tile's activities, by its fairness key (docs/rate-limits.md). */
export interface TileRateLimit {
  key: string;
  /** The tile's rate as a share of `DEFAULT_RATE`. */
  weight: number;
}

/** The limit of one tile of one journey, in all its versions; another tile's never counts with it (B118). */
export function rateLimitOf(journeyId: number, tileId: string, rateLimit: RateLimit): TileRateLimit {
  return { key: keyOf(journeyId, tileId), weight: rateOf(rateLimit) / DEFAULT_RATE };
}

/** In requests a second. */
function rateOf({ limit, per }: z.infer<typeof Rate>): number {
  return limit / SECONDS[per];
}

/** Temporal takes no longer key. */
const LONGEST_KEY = 64;

function keyOf(journeyId: number, tileId: string): string {
  const key = `${journeyId}/${tileId}`;
  if (key.length <= LONGEST_KEY) return key;
  const digest = `~${digestOf(tileId)}`;
  return key.slice(0, LONGEST_KEY - digest.length) + digest;
}

/** FNV-1a of 64 bits in hexadecimal: enough to tell the tiles of one journey apart. */
function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of text) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
