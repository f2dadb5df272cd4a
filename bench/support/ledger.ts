import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/connection/client';

/** Counts of all entries in the database, once nothing is under way. */
export interface Ledger {
  entries: number;
  open: number;
  completed: number;
  exited: number;
  /** Entries without a delivery. */
  withoutDelivery: number;
  /** Deliveries without an attempt that closed. */
  withoutAttempt: number;
  /** Attempts whose answer was lost. */
  openAttempts: number;
  /** Attempts that closed to be retried, by an answer or a timeout: in all, and the most of one delivery. */
  counted: number;
  mostCounted: number;
  /** Those of them that have an answer. */
  answered: number;
  mostAnswered: number;
  /** Items still to be dispatched, without those of ended entries: only their acknowledgement was lost. */
  outbox: number;
}

export async function readLedger(db: Database): Promise<Ledger> {
  const [row] = await rowsOf<Ledger>(
    db,
    sql`select
      (select count(*) from entries) as "entries",
      (select count(*) from entries where ended_at is null) as "open",
      (select count(*) from entries where status = 'completed') as "completed",
      (select count(*) from entries where status = 'exited') as "exited",
      (select count(*) from entries where id not in (select entry_id from deliveries)) as "withoutDelivery",
      (select count(*) from deliveries where not exists
        (select 1 from attempts where delivery_id = deliveries.id and outcome is not null)) as "withoutAttempt",
      (select count(*) from attempts where outcome is null) as "openAttempts",
      (select count(*) from attempts where outcome = 'retry') as "counted",
      (select coalesce(max(counted), 0) from
        (select count(*) filter (where outcome = 'retry') as counted from attempts group by delivery_id) as each_delivery
      ) as "mostCounted",
      (select count(status) from attempts where outcome = 'retry') as "answered",
      (select coalesce(max(answered), 0) from
        (select count(status) filter (where outcome = 'retry') as answered from attempts group by delivery_id) as each_delivery
      ) as "mostAnswered",
      (select count(*) from outbox
        where ref not in (select id from entries where ended_at is not null)) as "outbox"`,
  );
  return row!;
}
