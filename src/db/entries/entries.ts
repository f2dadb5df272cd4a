import { type SQL, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asJson, asTime, type Database, rowsOf } from '../connection/client';
import type { EnqueuingDatabase } from '../enqueue';
import { entryEvent, participantCreated, publish, publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import { lockOrCreateUserSql } from '../users/lock';
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
 * journey takes no entries.
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
      select id from journeys where id = ${entry.journeyId} and status = 'published' for key share
    ),
    requested as (select id from journey where not exists (select 1 from entries where id = ${entryId})),
    ${lockOrCreateUserSql(entry.identity)},
    started as (${insertEntriesSql(values, sql`requested, locked_user`)}),
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

/**
 * SQL that claims the entry for its run and records the tile that it is at. It returns no row when the entry is closed
 * or another run owns it.
 */
export function claimEntrySql({ entryId, firstRunId }: Owner, tileId: string, at: number): SQL {
  return sql`
    update entries set
      first_run_id = ${firstRunId}, status = 'running', tile_id = ${tileId},
      started_at = coalesce(started_at, ${asTime(at)})
    where id = ${entryId} and ended_at is null and (first_run_id is null or first_run_id = ${firstRunId})
    returning *`;
}

/** Records the tile that an entry waits at. False when the entry is closed or another run owns it. */
export async function claimEntry(db: Database, owner: Owner, tileId: string, at: number): Promise<boolean> {
  return (await rowsOf(db, claimEntrySql(owner, tileId, at))).length > 0;
}
