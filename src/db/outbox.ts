import { sql } from 'drizzle-orm';
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
    with due as (
      select kind, ref from outbox where next_at <= now() and kind = 'entry'
      order by next_at limit ${limit} for update skip locked
    ),
    taken as (
      update outbox set next_at = now() + ${`${TAKE_MS} milliseconds`}::interval
      from due where outbox.kind = due.kind and outbox.ref = due.ref
      returning outbox.ref
    )
    select id as "entryId", journey_id as "journeyId", version from entries, taken where id = taken.ref`,
  );
}

/** Forgets what Temporal has. */
export async function removeHandedOver(db: Database, entryIds: string[]): Promise<void> {
  const refs = sql.param(entryIds);
  await db.execute(sql`delete from outbox where kind = 'entry' and ref = any(${refs}::text[])`);
}
