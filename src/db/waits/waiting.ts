import { type SQL, sql } from 'drizzle-orm';
import type { JudgedEntry, JudgedUser } from '../../domain/journeys/roots';
import type { WaitingTile } from '../../domain/journeys/plan';
import type { WaitForTile } from '../../domain/journeys/tiles/wait-for';
import { asJson, asTime, type Database, inMs, rowsOf } from '../connection/client';
import { type Claimant, claimEntrySql } from '../entries/entries';
import { JUDGED } from '../users/judged';
import { insertStepsSql, leaveStepSql, type Step } from '../entries/steps/steps';
import { waitIdOf } from './wait-id';

/** An entry at a tile at which it waits, and whose user's row the transaction has locked. */
export interface Waiting {
  id: string;
  entryId: string;
  tileId: string;
  visit: number;
  user: JudgedUser & { id: number };
  entry: JudgedEntry;
  tile: WaitForTile;
  /** Where its arms and its timeout lead. */
  ways: Pick<WaitingTile, 'arms' | 'onTimeout'>;
  /** Places in the order of events: where the user entered, arrived, and is now. */
  enteredSeq: number | null;
  arrivedSeq: number | null;
  now: number;
  /** When the last wait or delay was to end by itself, in ms since the epoch. */
  dueAt: number | null;
  /** When the entry's last visit of the tile that a condition ended was over, in ms since the epoch. */
  lastPassedAt: number | null;
  /** How many waits of the user are open. */
  openWaits: number;
  /** The visit's wait, once it was opened. Times in ms since the epoch. */
  wait: {
    isOpen: boolean;
    arm: number | null;
    since: number;
    deadline: number;
    /** Before this moment its conditions are not judged; null once they are. */
    judgedFrom: number | null;
  } | null;
}

/** Claims the entry, and reads what its wait is decided by. Undefined when it is closed or another run owns it. */
export async function claimWaiting(
  tx: Database,
  visit: Claimant & Pick<Waiting, 'tileId' | 'visit'>,
  userId: number,
  at: number,
): Promise<Waiting | undefined> {
  const { entryId, tileId } = visit;
  const id = waitIdOf(visit);
  const [row] = await rowsOf<Omit<Waiting, 'id' | 'entryId' | 'tileId' | 'visit'>>(
    tx,
    sql`
    with claimed as (${claimEntrySql(visit, tileId, at)})
    select ${JUDGED},
      (select tile from journey_versions, json_array_elements(definition -> 'tiles') tile
       where journey_versions.journey_id = claimed.journey_id and journey_versions.version = claimed.version
         and tile ->> 'id' = ${tileId}) as tile,
      (select plan #> array['tiles', ${tileId}] from journey_versions
       where journey_versions.journey_id = claimed.journey_id and journey_versions.version = claimed.version) as ways,
      entered_seq as "enteredSeq", arrived_seq as "arrivedSeq", nextval('event_order') as now,
      (select ${inMs(sql`max(until)`)} from steps where steps.entry_id = ${entryId} and until <= ${asTime(at)}) as "dueAt",
      (select ${inMs(sql`max(woken_at)`)} from waits past
       where past.entry_id = ${entryId} and past.tile_id = ${tileId} and past.arm is not null and past.event_id is null) as "lastPassedAt",
      (select count(*) from waits open where open.user_id = users.id) as "openWaits",
      (select json_build_object('isOpen', own.user_id is not null, 'arm', own.arm, 'since', own.since_seq,
         'deadline', ${inMs(sql`own.deadline`)}, 'judgedFrom', ${inMs(sql`own.judged_from`)})
       from waits own where own.id = ${id}) as wait
    from claimed, users where users.id = ${userId}`,
  );
  return row && { ...row, id, entryId, tileId, visit: visit.visit };
}

/** Opens the wait of a visit. */
export async function openWait(
  tx: Database,
  waiting: Waiting,
  {
    keys,
    since,
    deadline,
    judgedFrom,
  }: { keys: string[]; since: number; deadline: number; judgedFrom: number | null },
  at: number,
): Promise<void> {
  const { id, entryId, tileId, visit, user, tile, ways } = waiting;
  const arms = tile.for.map((arm, index) => ({ ...arm, next: ways.arms[index] }));
  await tx.execute(sql`
    with ${arrivedSql(waiting, { at, until: deadline })}
    insert into waits
      (id, entry_id, tile_id, visit, user_id, keys, arms, name, since_seq, opened_at, deadline, judged_from)
    values (${id}, ${entryId}, ${tileId}, ${visit}::int, ${user.id}, ${sql.param(keys)}::text[],
      ${asJson(arms)}, ${nameOf(waiting)}, ${since}, ${asTime(at)}, ${asTime(deadline)}, ${judgedFrom === null ? sql`null` : asTime(judgedFrom)})`);
}

/**
 * From now on whoever changes the user judges the wait’s conditions. The row says so, and not a time alone: a change
 * may be made by a transaction that began before, or on a machine whose clock is behind.
 */
export async function judgeFromNowOn(tx: Database, { id }: Waiting): Promise<void> {
  await tx.execute(sql`update waits set judged_from = null where id = ${id}`);
}

/** SQL of `with` queries that record the visit as a step. */
function arrivedSql({ entryId, tileId, visit }: Waiting, step: Pick<Step, 'at' | 'until' | 'left'>): SQL {
  return sql`
    arriving as (select id, journey_id, version from entries where id = ${entryId}),
    arrived as (${insertStepsSql(sql`arriving`, [{ tileId, visit, ...step }])})`;
}

/** How a visit's wait ends: by an arm, perhaps met by an event, or by none. */
interface End {
  arm: number | null;
  /** The reason for people. */
  why: string | null;
  event: { id: string; seq: number; data: Record<string, unknown> } | undefined;
  since: number;
  deadline: number;
}

/**
 * Ends the wait of a visit, opened or not, by its own workflow, which needs no signal. What comes after this, or after
 * the event, counts for the next wait.
 */
export async function endOwnWait(
  tx: Database,
  waiting: Waiting,
  { arm, why, event, since, deadline }: End,
  at: number,
): Promise<void> {
  const { id, entryId, tileId, visit, entry, now, ways } = waiting;
  const way = arm === null ? 'timeout' : String(arm);
  const left = { at, way, why, nextTile: arm === null ? ways.onTimeout : ways.arms[arm - 1]! };
  const name = nameOf(waiting);
  const { [name]: _before, ...others } = entry.events ?? {};
  const events = arm === null ? others : { ...others, [name]: { ...event?.data, _arm: arm } };
  await tx.execute(sql`
    with ${waiting.wait ? sql`left_tile as (${leaveStepSql(waiting, left)})` : arrivedSql(waiting, { at, left })},
    passed as (
      update entries set events = ${asJson(events)}, arrived_seq = ${event?.seq ?? (arm === null ? null : now)}::bigint
      where id = ${entryId}
    )
    insert into waits
      (id, entry_id, tile_id, visit, name, since_seq, opened_at, deadline, woken_at, arm, event_id)
    values (${id}, ${entryId}, ${tileId}, ${visit}::int, ${name}, ${since}, ${asTime(at)},
      ${asTime(deadline)}, ${asTime(at)}, ${arm}::int, ${event?.id ?? null}::text)
    on conflict (id) do update set user_id = null, keys = '{}', arms = '[]', woken_at = excluded.woken_at,
      arm = excluded.arm, event_id = excluded.event_id`);
}

/** Under which name the entry keeps what ended the wait. */
function nameOf({ tile, tileId }: Waiting): string {
  return tile.name ?? tileId;
}
