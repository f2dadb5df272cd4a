import { badParams } from '../../domain/errors';
import type { Tile } from '../../domain/journeys/tiles';
import type { AppDeps } from '../deps';

/** Whether any of the tiles has a rate limit. */
export function areLimited(tiles: Tile[]): boolean {
  return pathsOf(tiles).length > 0;
}

/**
 * Throws `BadParams` at each rate limit if Temporal does not enforce them, and `Unavailable` if it cannot be
 * asked. Call it outside of a transaction: to find out may take seconds.
 */
export async function refuseUnenforced(
  { rateLimits }: Pick<AppDeps, 'rateLimits'>,
  tiles: Tile[],
): Promise<void> {
  if (!areLimited(tiles)) return;
  const verdict = await rateLimits();
  if (verdict.enforced) return;
  throw badParams(Object.fromEntries(pathsOf(tiles).map((path) => [path, verdict.reason])));
}

function pathsOf(tiles: Tile[]): string[] {
  return tiles.flatMap((tile, index) =>
    'rateLimit' in tile && tile.rateLimit ? [`tiles[${index}].rateLimit`] : [],
  );
}
