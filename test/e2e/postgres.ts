import { sql } from 'drizzle-orm';
import { openPatiently, openTestDatabase } from '../support/database';

/** A database of its own on the server of DATABASE_URL, that can be taken away and given back. */
export interface OwnDatabase {
  url: string;
  /** Cuts every connection to it and lets nobody in: to its users the server is gone. */
  away: () => Promise<void>;
  back: () => Promise<void>;
  /** Forgets what was applied to it. */
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
