import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { Pool, types } from 'pg';
import { readJson, writeJson } from '../../domain/lossless-json';
import { EmbeddedPostgres } from './embedded';
import { makeDatabase } from './new-folder';
import { SyncedFolder } from './synced-folder';

/** The database as every function of this folder takes it: Postgres or its embedded twin, one SQL dialect. */
export type Database = PgDatabase<PgQueryResultHKT>;

export interface Connection {
  db: Database;
  /** Runs a script of several statements, as migrations are. */
  script: (text: string) => Promise<void>;
  close: () => Promise<void>;
}

/** What Postgres does in processes of its own, and the embedded database when it is told. */
export interface EmbeddedConnection extends Connection {
  checkpoint: () => Promise<void>;
  /** The archive of its folder, by which another may start as its copy. */
  archive: () => Promise<Blob>;
}

/** int8 is read as a number: our ids and counts stay far below 2^53. */
const INT8 = 20;
/** Read natively: PGlite's own parser takes half a second for a mebibyte. */
const BYTEA = 17;
const JSON_TYPES = [114, 3802];
types.setTypeParser(INT8, Number);
for (const type of JSON_TYPES) types.setTypeParser(type, readJson);

/** How long Postgres may take before it counts as away, in milliseconds. */
export interface Timeouts {
  /** Until a statement has a connection: others' statements may have all of them meanwhile. */
  connectMs: number;
  /** Until it is answered. */
  statementMs: number;
}

const PATIENCE: Timeouts = { connectMs: 5_000, statementMs: 10_000 };

/** A migration takes as long as its tables are large, and may wait for one that another process applies. */
const DAY_MS = 86_400_000;

/** Opens Postgres at `url`. Nothing is connected yet: the first statement does, and says so if it cannot. */
export function openPostgres(url: string, maxConnections = 20, patience = PATIENCE): Connection {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: patience.connectMs,
    query_timeout: patience.statementMs,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; unheard, its error would end the process.
  pool.on('error', () => undefined);
  return {
    db: drizzlePostgres({ client: pool }),
    script: async (text) => {
      const unhurried = { text, query_timeout: DAY_MS };
      await pool.query(unhurried);
    },
    close: () => pool.end(),
  };
}

/**
 * Opens the embedded database in a folder, or in memory: there it may start as a copy of another, from the archive of
 * its folder. One process at a time may have a folder open.
 */
export async function openEmbedded(folder?: string, copied?: Blob): Promise<EmbeddedConnection> {
  if (folder !== undefined) await makeDatabase(folder);
  const parsers = {
    [INT8]: Number,
    [BYTEA]: (hex: string) => Buffer.from(hex.slice('\\x'.length), 'hex'),
    ...Object.fromEntries(JSON_TYPES.map((type) => [type, readJson])),
  };
  const client = new EmbeddedPostgres(
    { loadDataDir: copied, parsers },
    folder === undefined ? undefined : new SyncedFolder(folder),
  );
  await client.waitReady;
  return {
    db: drizzlePglite({ client }),
    script: async (text) => void (await client.exec(text)),
    checkpoint: () => client.checkpoint(),
    archive: () => client.dumpDataDir('none'),
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
  return sql`${writeJson(value)}::json`;
}

/** A parameter for a timestamptz column or cast, from milliseconds since the epoch; a placeholder's value is ISO text. */
export function asTime(ms: number | Placeholder): SQL {
  return sql`${typeof ms === 'number' ? new Date(ms).toISOString() : ms}::timestamptz`;
}

/** SQL of a time in ms since the epoch. */
export function inMs(time: SQL): SQL {
  return sql`(extract(epoch from ${time}) * 1000)::float8`;
}
