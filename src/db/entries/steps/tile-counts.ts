import { sql } from 'drizzle-orm';
import type { OpenGroup, PassedGroup } from '../../../domain/journeys/reports/places';
import type { Tile } from '../../../domain/journeys/tiles/tile';
import { asTime, type Database, inMs, rowsOf } from '../../connection/client';
import { HELD } from './steps';

/* How many users are where, counted from our own rows: Temporal cannot group by tile. */

export interface CountedEntries {
  journeyId: number;
  /** All versions by default. */
  version?: number;
}

/** SQL of whether an entry is counted: test runs are not. */
const isCounted = ({ journeyId, version }: CountedEntries) =>
  sql`entries.journey_id = ${journeyId}::int and not entries.test ${version === undefined ? undefined : sql`and entries.version = ${version}::int`}`;

/** The same of a step, without its entry. The versions of test runs are negative. */
const areStepsCounted = ({ journeyId, version }: CountedEntries) =>
  sql`steps.journey_id = ${journeyId}::int and ${version === undefined ? sql`steps.version > 0` : sql`steps.version = ${version}::int`}`;

/** The tiles of these versions, by version. */
export async function tilesOfVersions(
  db: Database,
  journeyId: number,
  versions: number[],
): Promise<Map<number, Tile[]>> {
  const rows = await rowsOf<{ version: number; tiles: Tile[] }>(
    db,
    sql`
    select version, definition -> 'tiles' as tiles from journey_versions
    where journey_id = ${journeyId}::int and version = any(${sql.param(versions)}::int[])`,
  );
  return new Map(rows.map(({ version, tiles }) => [version, tiles]));
}

/**
 * The open entries, grouped by the tile that they last reached and by what has become of that visit. An entry leaves no
 * row when it goes on: until the next tile's first statement it stands at the tile before.
 */
export function openGroups(db: Database, counted: CountedEntries): Promise<OpenGroup[]> {
  return rowsOf(
    db,
    sql`
    select version, tile_id as "tileId", state, next_tile as "nextTile", count(*)::int as users,
      ${inMs(sql`min(since)`)} as "oldestAt"
    from (
      select entries.version, entries.tile_id, step.next_tile,
        case when entries.tile_id is null then entries.accepted_at else greatest(entries.reached_at, step.at) end as since,
        case
          when entries.tile_id is null then 'accepted'
          when step.left_at >= entries.reached_at then 'decided'
          when step.way = ${HELD} and step.left_at is null and step.until > now() then 'waiting'
          when step.at >= entries.reached_at and step.way is null then case when step.until <= now() then 'due' else 'waiting' end
          when request.status = 'pending' then case when request.retried then 'retrying' else 'calling' end
          when request.awaits then 'waiting'
          when request.ended_at >= entries.reached_at then request.status
          else 'reached'
        end as state
      from entries
      left join lateral (
        select status, deliveries.ended_at, exists (
          select 1 from attempts where delivery_id = deliveries.id and outcome = 'retry'
            and attempts.generation = deliveries.generation) as retried,
          exists (
            select 1 from callbacks where delivery_id = deliveries.id
              and due_at is not null and coalesce(called_at, left_at) is null) as awaits
        from deliveries where entry_id = entries.id and tile_id = entries.tile_id order by visit desc limit 1
      ) request on true
      left join lateral (
        select at, until, left_at, way, next_tile from steps where entry_id = entries.id and tile_id = entries.tile_id
        order by visit desc limit 1
      ) step on true
      where ${isCounted(counted)} and entries.ended_at is null
    ) open
    group by version, tile_id, state, next_tile`,
  );
}

/** The visits that were left, by tile and way, since a time in ms since the epoch. */
export function passedGroups(
  db: Database,
  counted: CountedEntries,
  since: number | undefined,
): Promise<PassedGroup[]> {
  const isSince = (time: ReturnType<typeof sql>) =>
    since === undefined ? sql`true` : sql`${time} >= ${asTime(since)}`;
  return rowsOf(
    db,
    sql`
    with counted as (
      select id from entries
      where ${isCounted(counted)} and (ended_at is null or ${isSince(sql`ended_at`)})
    ),
    passed as (
      select tile_id, coalesce(way, 'next') as way, coalesce(left_at, until) as at
      from steps where ${areStepsCounted(counted)} and left_at is not null
      union all
      select steps.tile_id, 'next', coalesce(left_at, until)
      from steps join entries on entries.id = steps.entry_id
      where ${areStepsCounted(counted)} and left_at is null and way is null
        and until <= coalesce(ended_at, greatest(now(), reached_at))
      union all
      select deliveries.tile_id,
        case when deliveries.status = 'failed' then 'failure' when due_at is null then 'next'
          else coalesce(callbacks.status, 'timeout') end,
        coalesce(called_at, left_at, deliveries.ended_at)
      from counted join deliveries on entry_id = counted.id
      left join callbacks on delivery_id = deliveries.id and due_at is not null
      where deliveries.ended_at is not null and (due_at is null or coalesce(called_at, left_at) is not null) and not exists (
        select 1 from steps where steps.entry_id = counted.id and steps.tile_id = deliveries.tile_id
          and steps.visit = deliveries.visit and left_at is not null)
      union all
      select tile_id, 'next', created_at from counted join hand_offs on entry_id = counted.id
    )
    select tile_id as "tileId", way, count(*)::int as count from passed where ${isSince(sql`at`)} group by 1, 2`,
  );
}
