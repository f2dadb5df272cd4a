import type { Database } from '../../db/connection/client';
import { openGroups, passedGroups, tilesOfVersions } from '../../db/entries/steps/tile-counts';
import type { JourneyRow } from '../../db/journeys/journeys';
import { countTiles, type TileCount } from '../../domain/journeys/reports/places';
import { noVersion } from '../../domain/journeys/version';

/**
 * How many users of a journey are at each tile, of all versions or of one, and which ways they went since a time. The
 * tiles are those of the version, else of the published one or the draft, and others where users still are. Throws
 * `NotFound` for a version that does not exist.
 */
export async function countTilesOf(
  db: Database,
  { id, publishedVersion, definition }: JourneyRow,
  version?: number,
  since?: number,
): Promise<TileCount[]> {
  const counted = { journeyId: id, version };
  const open = await openGroups(db, counted);
  const passed = await passedGroups(db, counted, since);
  const shown = version ?? publishedVersion;
  const versions = new Set([...open.map((group) => group.version), ...(shown === null ? [] : [shown])]);
  const tilesOf = await tilesOfVersions(db, id, [...versions]);
  if (version !== undefined && !tilesOf.has(version)) {
    throw noVersion(id, version);
  }
  const tiles = (shown === null ? undefined : tilesOf.get(shown)) ?? definition.tiles;
  return countTiles(
    tiles.map((tile) => tile.id),
    tilesOf,
    open,
    passed,
  );
}
