import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../connection/client';

/** A tile of one version of a journey. */
export interface TileOfVersion {
  journeyId: number;
  version: number;
  tileId: string;
}

/** How many open entries are at a tile now, counted up to `most`. */
export async function countAtTile(
  db: Database,
  { journeyId, version, tileId }: TileOfVersion,
  most: number,
): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from (
      select 1 from entries
      where journey_id = ${journeyId} and version = ${version} and tile_id = ${tileId} and ended_at is null
      limit ${most}
    ) at_tile`,
  );
  return row!.count;
}
