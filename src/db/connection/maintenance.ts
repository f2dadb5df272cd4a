import { sql } from 'drizzle-orm';
import { type Database, type EmbeddedConnection, rowsOf } from './client';

/*
 * What Postgres does for itself in processes of its own. The embedded database is one process without those: left
 * alone, its log of changes grows without end, and with it what is read after a crash; space of deleted and updated
 * rows is never used again; and the planner goes by the sizes that tables had when they were made.
 */

const MEBIBYTE = 1_048_576;

/** Read after a crash in about half a second. */
const LOG_BYTES = 64 * MEBIBYTE;

/** Writes changed pages to the tables, so that the log before them can go, once 64 MiB of it have come together. */
export async function checkpointIfDue({ db, checkpoint }: EmbeddedConnection): Promise<void> {
  const [log] = await rowsOf<{ due: boolean }>(
    db,
    sql`select pg_current_wal_lsn() - redo_lsn > ${LOG_BYTES}::numeric as due from pg_control_checkpoint()`,
  );
  if (log!.due) await checkpoint();
}

/** The tables that Postgres would vacuum or analyze now, by its own thresholds. */
export async function tablesToVacuum(db: Database): Promise<string[]> {
  const enoughTo = (task: string) =>
    sql`current_setting(${`autovacuum_${task}_threshold`}::text)::float8
        + current_setting(${`autovacuum_${task}_scale_factor`}::text)::float8 * greatest(reltuples, 0)`;
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`
    select pg_class.relname as name from pg_stat_user_tables join pg_class on oid = relid
    where n_dead_tup > ${enoughTo('vacuum')}
      or n_ins_since_vacuum > ${enoughTo('vacuum_insert')}
      or n_mod_since_analyze > ${enoughTo('analyze')}
    order by name`,
  );
  return rows.map(({ name }) => name);
}

/** Makes room of the table's dead rows usable again, and counts the rest for the planner. Others wait meanwhile. */
export async function vacuum(db: Database, table: string): Promise<void> {
  await db.execute(sql`vacuum (analyze) ${sql.identifier(table)}`);
}
