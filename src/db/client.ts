import { type SQL, sql } from 'drizzle-orm';
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { Pool, types } from 'pg';
import { EmbeddedPostgres } from './embedded';

/** The database as every function of this folder takes it: Postgres or its embedded twin, one SQL dialect. */
export type Database = PgDatabase<PgQueryResultHKT>;

export interface Connection {
  db: Database;
  /** Runs a script of several statements, as migrations are. */
  script: (text: string) => Promise<void>;
  close: () => Promise<void>;
}

/** int8 is read as a number: our ids and counts stay far below 2^53. */
const INT8 = 20;
types.setTypeParser(INT8, Number);

/** Two deliveries' worth of statements may wait for a connection this long before it counts as an outage. */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** Opens Postgres at `url`. Nothing is connected yet: the first statement does, and says so if it cannot. */
export function openPostgres(url: string, maxConnections = 20): Connection {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; unheard, its error would end the process.
  pool.on('error', () => undefined);
  return {
    db: drizzlePostgres({ client: pool }),
    script: async (text) => void (await pool.query(text)),
    close: () => pool.end(),
  };
}

/** Opens the embedded database in a folder, or in memory. One process at a time may have a folder open. */
export async function openEmbedded(folder?: string): Promise<Connection> {
  const client = new EmbeddedPostgres({ dataDir: folder, parsers: { [INT8]: Number } });
  await client.waitReady;
  return {
    db: drizzlePglite({ client }),
    script: async (text) => void (await client.exec(text)),
    close: () => client.close(),
  };
}

/** The rows of a raw statement. Name the columns as the type has them; times arrive as text. */
export async function rowsOf<Row>(db: Database, statement: SQL): Promise<Row[]> {
  const result = (await db.execute(statement)) as unknown as { rows: Row[] };
  return result.rows;
}

/** A parameter for a json column or cast. */
export function asJson(value: unknown): SQL {
  return sql`${JSON.stringify(value)}::json`;
}

/** A parameter for a timestamptz column or cast, from milliseconds since the epoch. */
export function asTime(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
