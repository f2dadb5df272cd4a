import { sql } from 'drizzle-orm';
import { openPatiently, openTestDatabase } from '../support/database';

/** A database of its own on the server of DATABASE_URL, which can be cut off and restored. */
export interface OwnDatabase {
  url: string;
  /** Closes every connection to it and refuses new ones, as if the server were down. */
  away: () => Promise<void>;
  back: () => Promise<void>;
  /** Drops everything in it, migrations included. */
  empty: () => Promise<void>;
  drop: () => Promise<void>;
}

export async function createOwnDatabase(serverUrl: string): Promise<OwnDatabase> {
  const { connection, url, drop } = await openTestDatabase();
  await connection.close();
  const name = new URL(url!).pathname.slice(1);
  const onServer = async (statement: string) => {
    const server = openPatiently(serverUrl, 1);
    await server.db.execute(sql.raw(statement));
    await server.close();
  };
  return {
    url: url!,
    async away() {
      await onServer(`alter database ${name} with allow_connections false`);
      await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    },
    back: () => onServer(`alter database ${name} with allow_connections true`),
    async empty() {
      await onServer(`drop database ${name} with (force)`);
      await onServer(`create database ${name}`);
    },
    drop,
  };
}
