import { type SQL, sql } from 'drizzle-orm';
import type { Reason } from '../domain/entry';
import { type Database, rowsOf } from './client';

/** An accepted entry that has still to be handed to Temporal. */
export interface Waiting {
  entryId: string;
  journeyId: number;
  version: number;
}

/** While a process hands over what it took, nobody else is offered it. */
const TAKE_MS = 30_000;

/** Takes up to `limit` entries whose hand-over is due: those of a process that died, or of an outage. */
export async function takeDue(db: Database, limit: number): Promise<Waiting[]> {
  return rowsOf<Waiting>(
    db,
    sql`
    with ${taken('entry', limit)}
    select id as "entryId", journey_id as "journeyId", version from entries, taken where id = taken.ref`,
  );
}

/** A workflow whose entry was closed here, and who has to be told why. */
export interface DueExit {
  entryId: string;
  workflowId: string;
  firstRunId: string | null;
  reason: Reason;
}

/** Takes up to `limit` exits that are due. */
export async function takeDueExits(db: Database, limit: number): Promise<DueExit[]> {
  return rowsOf<DueExit>(
    db,
    sql`
    with ${taken('exit', limit)}
    select id as "entryId", workflow_id as "workflowId", first_run_id as "firstRunId", reason
    from entries, taken where id = taken.ref`,
  );
}

export async function removeExit(db: Database, entryId: string): Promise<void> {
  await db.execute(sql`delete from outbox where kind = 'exit' and ref = ${entryId}`);
}

/** SQL that takes up to `limit` rows of a kind, the longest due first. */
function taken(kind: 'entry' | 'exit', limit: number): SQL {
  return sql`
    due as (
      select kind, ref from outbox where next_at <= now() and kind = ${kind}
      order by next_at limit ${limit} for update skip locked
    ),
    taken as (
      update outbox set next_at = now() + ${`${TAKE_MS} milliseconds`}::interval
      from due where outbox.kind = due.kind and outbox.ref = due.ref
      returning outbox.ref
    )`;
}

/** Forgets what Temporal has. */
export async function removeHandedOver(db: Database, entryIds: string[]): Promise<void> {
  const refs = sql.param(entryIds);
  await db.execute(sql`delete from outbox where kind = 'entry' and ref = any(${refs}::text[])`);
}
