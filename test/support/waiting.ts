import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/connection/client';
import { until } from './until';

/**
 * Waits until so many statements wait for a lock. The embedded database has one connection, so there every other waits
 * anyway.
 */
export async function statementsWait(db: Database, count = 1): Promise<void> {
  if (!process.env.DATABASE_URL) return;
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await rowsOf(db, waiting)).length >= count);
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
    await statementsWait(db);
  });
  return answer!;
}
