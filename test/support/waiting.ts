import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/connection/client';
import { until } from './until';

/** The embedded database has one connection, which a transaction holds: whoever comes then waits in line. */
async function someoneWaits(db: Database): Promise<void> {
  if (!process.env.DATABASE_URL) return;
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await rowsOf(db, waiting)).length > 0);
}

/** Does something in a transaction that ends only when a call, made meanwhile, waits for it. Returns its answer. */
export async function meanwhile<Answer>(
  db: Database,
  change: (tx: Database) => Promise<unknown>,
  call: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  await db.transaction(async (tx) => {
    await change(tx);
    answer = call();
    await someoneWaits(db);
  });
  return answer!;
}
