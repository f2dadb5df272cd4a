import type { PGlite, Transaction } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { Database } from '../../src/db/connection/client';

type Query = (statement: string | { text: string }, ...rest: unknown[]) => unknown;

/** The driver of a database: a pool, or the embedded database itself. */
export function driverOf(db: Database): { query: Query } {
  return (db as Database & { $client: Pool | PGlite }).$client as unknown as { query: Query };
}

/** Whether anything is left in the outbox; not counted. */
export const OUTBOX_CHECK = sql`select 1 from outbox limit 1`;

/**
 * Periodic statements that belong to no entry: the sweep of the outbox, and the look-up of an API key, which is cached
 * for a second.
 */
const PERIODIC = /from outbox (where next_at|limit 1$)|from "api_keys"/;

/**
 * Counts the statements that go through the driver, each a round trip; the beginning and the end of a transaction count
 * too. Returns a function for the count so far.
 */
export function countStatements(db: Database): () => number {
  let count = 0;
  const counting = <Caller extends object>(caller: Caller): Caller => {
    const query = (caller as unknown as { query: Query }).query.bind(caller);
    const counted: Query = (statement, ...rest) => {
      const text = typeof statement === 'string' ? statement : statement.text;
      if (!PERIODIC.test(text)) count += 1;
      return query(statement, ...rest);
    };
    return Object.assign(caller, { query: counted });
  };
  const driver = driverOf(db) as unknown as Pool | PGlite;
  if ('transaction' in driver) {
    counting(driver);
    const transaction = driver.transaction.bind(driver);
    driver.transaction = <Result>(work: (tx: Transaction) => Promise<Result>) => {
      count += 2;
      return transaction((tx) => work(counting(tx)));
    };
  } else {
    countClients(driver, counting);
  }
  return () => count;
}

type OnConnect = (error: Error | undefined, client: PoolClient | undefined, done: () => void) => void;

/** The pool runs everything, statements and transactions, through one of its clients. */
function countClients(pool: Pool, counting: (client: PoolClient) => PoolClient): void {
  const connect = pool.connect.bind(pool) as (onConnect?: OnConnect) => Promise<PoolClient>;
  const instrumented = new WeakSet<PoolClient>();
  const instrument = (client: PoolClient) => {
    if (!instrumented.has(client)) counting(client);
    instrumented.add(client);
    return client;
  };
  pool.connect = ((onConnect?: OnConnect) =>
    onConnect
      ? connect((error, client, done) => onConnect(error, client && instrument(client), done))
      : connect().then(instrument)) as Pool['connect'];
}
