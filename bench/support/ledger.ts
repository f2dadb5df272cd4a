import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/connection/client';

/** What the database says of all entries, once nothing is under way. */
export interface Ledger {
  entries: number;
  open: number;
  completed: number;
  exited: number;
  /** Entries that nobody ever tried to send for. */
  withoutDelivery: number;
  /** Deliveries without an attempt that closed. */
  withoutAttempt: number;
  /** Attempts whose answer nobody saw. */
  openAttempts: number;
  /** Attempts that closed with an answer to be retried, or with none in time, in all and the most of one delivery. */
  counted: number;
  mostCounted: number;
  /** Of these, those with an answer. */
  answered: number;
  mostAnswered: number;
  /** What is still to be handed to Temporal; where the hand-over of an entry that has ended was answered is all the same. */
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
