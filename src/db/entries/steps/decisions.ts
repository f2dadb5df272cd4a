import { type SQL, sql } from 'drizzle-orm';
import type { EntryEnd } from '../../../domain/entry';
import type { Way } from '../../../domain/journeys/plan';
import type { Profile } from '../../../domain/users/profile';
import { type Database, rowsOf } from '../../connection/client';
import { callbacksOf } from '../../deliveries/callbacks';
import type { EnqueuingDatabase } from '../../enqueue';
import { publish, publishedDeliveries } from '../../event-webhooks/publish';
import type { EventDeliveryItem } from '../../outbox';
import { closeEntrySql, entryEndedEvent } from '../close';
import { type Claimant, claimEntrySql, IS_OPEN, mayAct } from '../entries';
import { insertStepsSql, type Step } from './steps';

/** A visit of a tile that only decides. */
export interface DecidedVisit extends Claimant {
  tileId: string;
  visit: number;
}

/** What decides which way the user of an entry goes. */
export interface Standing {
  journeyId: number;
  version: number;
  /** Whether the entry is a test run. */
  test: boolean;
  triggerData: Record<string, unknown>;
  liveData: Record<string, unknown> | null;
  events: Record<string, unknown> | null;
  callbacks: Record<string, unknown> | null;
  user: number;
  email: string | null;
  userId: string | null;
  dataFields: Profile;
  tags: string[];
  /** Whether an earlier execution has decided. */
  decided: boolean;
}

/** Undefined where the entry is closed or another run owns it, or its user was erased. */
export async function readStanding(db: Database, visit: DecidedVisit): Promise<Standing | undefined> {
  const { entryId, tileId } = visit;
  const [standing] = await rowsOf<Standing>(
    db,
    sql`
    select entries.journey_id as "journeyId", entries.version, test, trigger_data as "triggerData", live_data as "liveData",
      entries.events, ${callbacksOf(sql`entries.id`)} as callbacks, users.id as user, email, users.user_id as "userId", data_fields as "dataFields", tags,
      exists (
        select 1 from steps
        where entry_id = entries.id and steps.tile_id = ${tileId} and visit = ${visit.visit}::int
      ) as decided
    from entries join users on users.id = entries.user_id
    where entries.id = ${entryId} and ${IS_OPEN} and ${mayAct(visit)}`,
  );
  return standing;
}

/** Locks the entry, unless it is closed or another run owns it. */
export async function lockOpenEntry(tx: Database, visit: DecidedVisit): Promise<boolean> {
  return (await rowsOf(tx, openEntrySql(visit))).length > 0;
}

function openEntrySql(visit: DecidedVisit): SQL {
  return sql`
      select * from entries where id = ${visit.entryId} and ${IS_OPEN} and ${mayAct(visit)} for no key update`;
}

/** Records the steps of an entry that is closed. */
export async function insertSteps(tx: Database, entryId: string, steps: Step[]): Promise<void> {
  await tx.execute(sql`
    with entry as (select * from entries where id = ${entryId}) ${insertStepsSql(sql`entry`, steps)}`);
}

/** A step that was taken. */
export interface TakenStep {
  tileId: string;
  visit: number;
  way: string;
  nextTile: Way;
}

/** The steps that were taken with this one, or at the same moment. */
export function stepsTakenWith(db: Database, { entryId, tileId, visit }: DecidedVisit): Promise<TakenStep[]> {
  return rowsOf(
    db,
    sql`
    select taken.tile_id as "tileId", taken.visit, taken.way, taken.next_tile as "nextTile"
    from steps first join steps taken on taken.entry_id = first.entry_id and taken.at = first.at
    where first.entry_id = ${entryId} and first.tile_id = ${tileId} and first.visit = ${visit}::int
      and taken.way is not null`,
  );
}

/** Steps that follow each other, and where they lead: null for the end of the journey. */
export interface DecidedChain {
  steps: [Step, ...Step[]];
  next: Way;
  /** What the entry's detail says if it ends here: a word of the journey's author. */
  detail?: string;
}

/** Whether the chain was written; `again` if another execution has decided meanwhile. */
export type Written = 'written' | 'again' | 'closed';

/**
 * Records the chain and claims the entry; where the chain leads to the end of the journey, the entry is closed. One
 * statement, all or nothing: of two executions, the one that inserts the first step has decided.
 */
export async function writeChain(
  db: EnqueuingDatabase,
  visit: DecidedVisit,
  { steps, next, detail }: DecidedChain,
  at: number,
): Promise<Written> {
  const [first, ...others] = steps;
  const last = steps.at(-1)!;
  const end: EntryEnd | undefined = next === null ? { status: 'completed', detail } : undefined;
  const ifFirst = sql`exists (select 1 from first_step)`;
  const [row] = await rowsOf<{ found: number; inserted: number; items: EventDeliveryItem[] }>(
    db,
    sql`
    with found as (${openEntrySql(visit)}),
    first_step as (${insertStepsSql(sql`found`, [first])}),
    moved as (${
      end
        ? closeEntrySql(visit, end, at, { tileId: last.tileId, ifTrue: ifFirst })
        : claimEntrySql(visit, last.tileId, at, { ifTrue: ifFirst })
    })
    ${others.length === 0 ? undefined : sql`, other_steps as (${insertStepsSql(sql`moved`, others)})`}
    ${end && sql`, ${publish([entryEndedEvent(end, sql`moved`, at)])}`}
    select (select count(*) from found) as found, (select count(*) from first_step) as inserted,
      ${end ? publishedDeliveries : sql`'[]'::json`} as items`,
  );
  const { found, inserted, items } = row!;
  db.enqueued.push(...items);
  return found === 0 ? 'closed' : inserted === 0 ? 'again' : 'written';
}
