import { sql } from 'drizzle-orm';
import { type Database, inMs, rowsOf } from '../../connection/client';
import type { PathRows } from '../../../domain/journeys/reports/path';

/** What an entry left behind at the tiles that it visited; undefined when there is no such entry. */
export async function readPathRows(db: Database, entryId: string): Promise<PathRows | undefined> {
  const [row] = await rowsOf<PathRows>(
    db,
    sql`
    select definition -> 'tiles' as tiles, ${inMs(sql`ended_at`)} as "endedAt",
      status = 'completed' as completed,
      (select coalesce(json_agg(json_build_object(
          'tileId', tile_id, 'visit', visit, 'at', ${inMs(sql`at`)}, 'until', ${inMs(sql`until`)},
          'leftAt', ${inMs(sql`left_at`)}, 'way', way, 'why', why, 'nextTile', next_tile)), '[]')
        from steps where entry_id = entries.id) as steps,
      (select coalesce(json_agg(json_build_object(
          'tileId', tile_id, 'visit', visit, 'at', ${inMs(sql`created_at`)}, 'endedAt', ${inMs(sql`deliveries.ended_at`)},
          'status', status, 'reason', deliveries.reason, 'requests', requests, 'lastStatus', last_status,
          'nextAttemptAt', next_attempt_at, 'callback', (
            select json_build_object('until', ${inMs(sql`due_at`)}, 'status', callbacks.status,
              'leftAt', ${inMs(sql`coalesce(called_at, left_at)`)})
            from callbacks where delivery_id = deliveries.id and due_at is not null))), '[]')
        from deliveries, lateral (
          select count(*) as requests, (array_agg(attempts.status order by number desc))[1] as last_status,
            (array_agg(${inMs(sql`next_attempt_at`)} order by number desc))[1] as next_attempt_at
          from attempts where delivery_id = deliveries.id and attempts.generation = deliveries.generation
        ) made
        where deliveries.entry_id = entries.id) as requests,
      (select coalesce(json_agg(json_build_object(
          'tileId', tile_id, 'visit', visit, 'at', ${inMs(sql`created_at`)}, 'journeyId', hand_offs.journey_id,
          'skipped', skipped)), '[]')
        from hand_offs where entry_id = entries.id) as "handOffs"
    from entries
    join journey_versions on journey_versions.journey_id = entries.journey_id
      and journey_versions.version = entries.version
    where entries.id = ${entryId}`,
  );
  return row;
}
