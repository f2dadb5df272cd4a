import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/connection/client';
import { until } from './until';

/** Waits until a statement waits for a lock. The embedded database has one connection, so there every other waits anyway. */
async function aStatementWaits(db: Database): Promise<void> {
  if (!process.env.DATABASE_URL) return;
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await rowsOf(db, waiting)).length > 0);
}

/** Makes a change in a transaction that commits only once `call` waits for it. Returns the call’s answer. */
export async function meanwhile<Answer>(
  db: Database,
  change: (tx: Database) => Promise<unknown>,
  call: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  await db.transaction(async (tx) => {
    await change(tx);
    answer = call();
    await aStatementWaits(db);
  });
  return answer!;
}
