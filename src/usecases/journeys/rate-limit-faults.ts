import { badParams } from '../../domain/errors';
import type { Tile } from '../../domain/journeys/tiles/tile';

/** Whether Temporal enforces rate limits. Throws `Unavailable` when it cannot be asked. */
export type RateLimitCheck = () => Promise<{ enforced: true } | { enforced: false; reason: string }>;

/** Whether any of the tiles has a rate limit. */
export function areLimited(tiles: Tile[]): boolean {
  return pathsOf(tiles).length > 0;
}

/**
 * Throws `BadParams` at each rate limit if Temporal does not enforce them. Call it outside of a transaction: the check
 * may take seconds.
 */
export async function refuseUnenforced(check: RateLimitCheck, tiles: Tile[]): Promise<void> {
  if (!areLimited(tiles)) return;
  const verdict = await check();
  if (verdict.enforced) return;
  throw badParams(Object.fromEntries(pathsOf(tiles).map((path) => [path, verdict.reason])));
}

function pathsOf(tiles: Tile[]): string[] {
  return tiles.flatMap((tile, index) =>
    'rateLimit' in tile && tile.rateLimit ? [`tiles[${index}].rateLimit`] : [],
  );
}
