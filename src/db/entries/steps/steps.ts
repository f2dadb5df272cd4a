import { type SQL, sql } from 'drizzle-orm';
import type { Way } from '../../../domain/journeys/plan';
import { asJson, asTime, type Database, rowsOf } from '../../connection/client';
import { type Claimant, claimEntrySql } from '../entries';

/*
 * Steps: visits of tiles that send no request (docs/branching.md). They are written by statements that run anyway. A
 * visit has one row, however often its activity runs.
 */

/** A visit, of an entry that the statement has claimed. Times are in ms since the epoch. */
export interface Step {
  tileId: string;
  visit: number;
  at: number;
  /** When a wait ends by itself. */
  until?: number;
  /** Why it waits, for people; see `Leaving`. */
  why?: string;
  /** Once the user has left, and by which way. */
  left?: Leaving;
}

export interface Leaving {
  at: number;
  /** The word of the way. */
  way: string;
  /** The reason for people, which may quote personal data. */
  why: string | null;
  nextTile: Way;
}

/** SQL that inserts steps for the entry in `claimed`, a query of the same statement. It returns the inserted rows. */
export function insertStepsSql(claimed: SQL, steps: Step[]): SQL {
  return sql`
      insert into steps
        (entry_id, journey_id, version, tile_id, visit, at, until, left_at, way, why, next_tile)
      select ${claimed}.id, ${claimed}.journey_id, ${claimed}.version,
        step.tile_id, visit, step.at, until, left_at, way, why, next_tile
      from ${claimed}, json_to_recordset(${asJson(steps.map(rowOf))}) as step (
        tile_id text, visit int, at timestamptz, until timestamptz, left_at timestamptz,
        way text, why text, next_tile text)
      on conflict do nothing
      returning *`;
}

/** Records that an entry has reached a tile and waits there. False when the entry is closed or another run owns it. */
export async function arriveAt(db: Database, claimant: Claimant, step: Step): Promise<boolean> {
  const claimed = await rowsOf(
    db,
    sql`
    with claimed as (${claimEntrySql(claimant, step.tileId, step.at, { counting: 'end' })}),
    arrived as (${insertStepsSql(sql`claimed`, [step])})
    select id from claimed`,
  );
  return claimed.length > 0;
}

/** The word in place of a way while a tile that sends a request waits for its send window. */
export const HELD = 'held';

/** Records until when a visit waits for its send window to open. The entry is claimed already. */
export async function holdStep(
  db: Database,
  { entryId, tileId, visit }: { entryId: string; tileId: string; visit: number },
  { at, until, why }: { at: number; until: number; why: string },
): Promise<void> {
  await db.execute(sql`
    insert into steps (entry_id, journey_id, version, tile_id, visit, at, until, way, why)
    select id, journey_id, version, ${tileId}, ${visit}::int, ${asTime(at)}, ${asTime(until)}, ${HELD}, ${why}
    from entries where id = ${entryId}
    on conflict (entry_id, tile_id, visit) do update set until = excluded.until`);
}

/** Records that a visit was left without a request. */
export async function skipStep(
  db: Database,
  { entryId, tileId, visit }: { entryId: string; tileId: string; visit: number },
  { at, way, why, nextTile }: Leaving,
): Promise<void> {
  await db.execute(sql`
    insert into steps (entry_id, journey_id, version, tile_id, visit, at, left_at, way, why, next_tile)
    select id, journey_id, version, ${tileId}, ${visit}::int, ${asTime(at)}, ${asTime(at)}, ${way}, ${why}, ${nextTile}::text
    from entries where id = ${entryId}
    on conflict (entry_id, tile_id, visit) do update set
      left_at = excluded.left_at, way = excluded.way, why = excluded.why, next_tile = excluded.next_tile`);
}

/** Whether a visit was left so by an earlier execution. */
export async function wasSkipped(
  db: Database,
  { entryId, tileId, visit }: { entryId: string; tileId: string; visit: number },
): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`select 1 from steps
      where entry_id = ${entryId} and tile_id = ${tileId} and visit = ${visit}::int and left_at is not null`,
  );
  return rows.length > 0;
}

/** SQL that records by which way a visit was left, unless it is recorded already. It returns the row. */
export function leaveStepSql(
  { entryId, tileId, visit }: { entryId: string; tileId: string; visit: number },
  { at, way, why, nextTile }: Leaving,
): SQL {
  return sql`
      update steps set
        left_at = ${asTime(at)}, way = ${way}, why = ${readable(why)}::text,
        next_tile = ${nextTile}::text
      where entry_id = ${entryId} and tile_id = ${tileId} and visit = ${visit}::int and left_at is null
      returning *`;
}

function rowOf({ tileId, visit, at, until, why, left }: Step): Record<string, unknown> {
  return {
    tile_id: tileId,
    visit,
    at: isoTime(at),
    until: until === undefined ? null : isoTime(until),
    left_at: left ? isoTime(left.at) : null,
    way: left?.way ?? null,
    why: readable(left ? left.why : (why ?? null)),
    next_tile: left?.nextTile ?? null,
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

const LONGEST_WHY = 200;
/** What Postgres cannot store: NUL, and halves of a character, such as a cut may leave. */
const UNREADABLE = /[\0\p{Surrogate}]/gu;

/** A reason as it is stored. */
export function readableText(why: string): string {
  return why.slice(0, LONGEST_WHY).replace(UNREADABLE, '\uFFFD');
}

function readable(why: string | null): string | null {
  return why === null ? null : readableText(why);
}
