import { type SQL, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asJson, asTime, rowsOf } from '../connection/client';
import type { Slot, Slots } from '../connection/prepared';
import { sharedInTurn } from '../connection/queued-lock';
import type { EnqueuingDatabase } from '../enqueue';
import { entryEvent, participantCreated, publish, publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import { lockOrCreateUserSql } from '../users/lock';
import { watchExitsSql } from '../users/watched';
import { IS_LIMITED } from './entry-limits';
import { insertEntriesSql } from './insert';

/* Entries and the workflow runs that own them. */

export interface StartedByClient {
  entryId: string;
  workflowId: string;
  firstRunId: string;
  journeyId: number;
  version: number;
  identity: Identity;
  triggerData: Record<string, unknown>;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * Inserts the entry of a workflow that a bare Temporal client started: its run owns it, and it is never enqueued. Where
 * the entry exists already nothing is inserted, not even its user, who may have been erased since. False when the
 * journey takes no entries, or has limits or a condition (`insertStartedEntryWithLimits`).
 */
export async function insertStartedEntry(db: EnqueuingDatabase, entry: StartedByClient): Promise<boolean> {
  const { entryId, workflowId, firstRunId } = entry;
  const at = asTime(entry.at);
  const values = {
    id: sql`${entryId}`,
    journeyId: sql`requested.id`,
    version: sql`${entry.version}::int`,
    userId: sql`locked_user.id`,
    triggerData: asJson(entry.triggerData),
    run: { workflowId, firstRunId, at },
  };
  const entered = entryEvent('journey.entered', sql`started`, sql`started, locked_user users`, at);
  const [row] = await rowsOf<{ items: EventDeliveryItem[] }>(
    db,
    sql`
    with journey as (
      select id from ${sharedInTurn('journeys', sql`select ${entry.journeyId}::int`)} shared join journeys using (id)
      where status = 'published' and not ${IS_LIMITED} and not conditional for share of journeys
    ),
    requested as (
      select id, exit_keys from journey join journey_versions on journey_id = id and version = ${entry.version}::int
      where not exists (select 1 from entries where id = ${entryId})
    ),
    ${lockOrCreateUserSql(entry.identity, { watches: sql`requested.exit_keys` })},
    started as (${insertEntriesSql(values, sql`requested, locked_user`)}),
    watching as (${watchExitsSql(sql`started`)}),
    ${publish([participantCreated, entered])}
    select ${publishedDeliveries} as items from journey`,
  );
  if (row === undefined) return false;
  db.enqueued.push(...row.items);
  return true;
}

/** The one run that may act for an entry, by the first run of its chain. */
export interface Owner {
  entryId: string;
  firstRunId: string;
}

/** A run that asks for an entry, by its workflow: as long as no run owns the entry, only that workflow may take it. */
export interface Claimant extends Owner {
  workflowId: string;
}

/** SQL of whether a run may act for an entry. Null stands for no run: then the entry must be owned by none. */
export function mayAct({
  firstRunId,
  workflowId,
}: Slots<{ firstRunId: string | null; workflowId: string }>): SQL {
  return sql`(first_run_id = ${firstRunId}::text or (first_run_id is null and workflow_id = ${workflowId}))`;
}

/**
 * SQL of whether an entry that a statement finds by its id is open. `ended_at is null` says the same, but lets Postgres
 * read all open entries instead: while they are few it expects their index to be the shorter way, and it uses that plan
 * until the tables are analyzed, however many there are by then.
 */
export const IS_OPEN = sql`entries.status in ('accepted', 'running')`;

/**
 * Since when events count for a wait that comes after a tile. `arrival`: since the entry first claimed this tile, which
 * is before its request leaves, so that what the endpoint causes counts. `end`: since the tile is over. Left out: since
 * the same moment as before this tile, which takes no time.
 */
export type Counting = 'arrival' | 'end';

/**
 * SQL that claims the entry for its run and records the tile that it is at. It returns no row when the entry is closed
 * or another run owns it.
 */
export function claimEntrySql(
  claimant: Slots<Claimant>,
  tileId: Slot<string>,
  at: Slot<number>,
  { counting, ifTrue = sql`true` }: { counting?: Counting; ifTrue?: SQL } = {},
): SQL {
  const { entryId, firstRunId } = claimant;
  return sql`
    update entries set
      first_run_id = ${firstRunId}, status = 'running', tile_id = ${tileId},
      reached_at = case when tile_id = ${tileId} then coalesce(reached_at, ${asTime(at)}) else ${asTime(at)} end,
      started_at = coalesce(started_at, ${asTime(at)})${counting && countingSql(tileId, counting)}
    where id = ${entryId} and ${IS_OPEN} and ${mayAct(claimant)} and ${ifTrue}
    returning *`;
}

function countingSql(tileId: Slot<string>, counting: Counting): SQL {
  if (counting === 'end') return sql`, arrived_seq = null`;
  return sql`,
      arrived_seq = case when tile_id = ${tileId} then arrived_seq else nextval('event_order') end`;
}
