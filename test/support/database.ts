import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { type Connection, type Database, openEmbedded, openPostgres } from '../../src/db/connection/client';
import { migrate } from '../../src/db/connection/migrate';
import { MIGRATIONS } from '../../src/runtime/store';
import type { EnqueuingDatabase } from '../../src/db/enqueue';

export interface TestDatabase {
  connection: Connection;
  /** Where a second connection may be opened; undefined for the embedded database. */
  url: string | undefined;
  /** Removes it, once its connections are closed. */
  drop: () => Promise<void>;
}

/**
 * A migrated database of the test's own: on the server of DATABASE_URL, else embedded, in memory. Copies the one that
 * the suite made at its start, which is several times faster than to make another.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const made = process.env.WAYHOOK_TEST_DATABASE;
  const server = process.env.DATABASE_URL;
  if (made !== undefined) {
    if (server) return createOnServer(server, made);
    return { ...EMBEDDED, connection: await openEmbedded(undefined, await openAsBlob(made)) };
  }
  const database = await openEmptyDatabase();
  await migrate(database.connection, MIGRATIONS);
  return database;
}

/** What goes with the process. */
const EMBEDDED = { url: undefined, drop: () => Promise.resolve() };

/** Makes a migrated embedded database and writes its folder's archive to a file. */
export async function makeEmbeddedTemplate(file: string): Promise<void> {
  const connection = await openEmbedded();
  await migrate(connection, MIGRATIONS);
  // Only servers copy these, and a copy without them opens faster.
  await connection.script("update pg_database set datistemplate = false where datname like 'template_'");
  for (const name of ['template0', 'template1']) await connection.script(`drop database ${name}`);
  await connection.checkpoint();
  const archive = await connection.archive();
  await writeFile(file, new Uint8Array(await archive.arrayBuffer()));
  await connection.close();
}

/** Makes a migrated database on a server. Returns its name, and what removes it. */
export async function makeTemplateOnServer(
  server: string,
): Promise<{ name: string; drop: () => Promise<void> }> {
  const { connection, url, drop } = await createOnServer(server);
  await migrate(connection, MIGRATIONS);
  // Postgres copies no database that someone is connected to.
  await connection.close();
  return { name: new URL(url).pathname.slice(1), drop };
}

/** A database of the test's own, with nothing in it. */
export async function openEmptyDatabase(): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  return server ? createOnServer(server) : { ...EMBEDDED, connection: await openEmbedded() };
}

/** A new database on a server, empty or a copy of another. */
async function createOnServer(server: string, copied?: string): Promise<TestDatabase & { url: string }> {
  const name = `wayhook_test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}${copied === undefined ? '' : ` template ${copied}`}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const connection = openPatiently(url);
  return { connection, url, drop: () => onServer(server, `drop database ${name} with (force)`) };
}

/** Opens Postgres for a test. What a server takes for an outage may here be a machine that has too much to do. */
export function openPatiently(url: string, maxConnections?: number): Connection {
  return openPostgres(url, maxConnections, { connectMs: 120_000, statementMs: 120_000 });
}

async function onServer(url: string, statement: string): Promise<void> {
  const server = openPatiently(url, 1);
  await server.db.execute(sql.raw(statement));
  await server.close();
}

/** A database for functions that enqueue, where what they enqueue is left to the outbox. */
export function undispatched(db: Database): EnqueuingDatabase {
  return Object.assign(Object.create(db) as Database, { enqueued: [] });
}
