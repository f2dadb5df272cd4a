import type { PGlite, Transaction } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { Database } from '../../src/db/connection/client';

type Query = (statement: string | { text: string }, ...rest: unknown[]) => unknown;

/** The driver beneath a database: a pool, or the embedded database itself. */
export function driverOf(db: Database): { query: Query } {
  return (db as Database & { $client: Pool | PGlite }).$client as unknown as { query: Query };
}

/** Whether anything is left in the outbox: a look that is not counted. */
export const OUTBOX_LOOK = sql`select 1 from outbox limit 1`;

/**
 * What goes by the clock and belongs to no entry: the sweep of the outbox, and the look for a key's owner, who is
 * remembered for a second.
 */
const BY_THE_CLOCK = /from outbox (where next_at|limit 1$)|from "api_keys"/;

/**
 * Counts the statements that pass through the driver, each a round trip, the beginning and the end of a transaction
 * among them. Returns the count so far.
 */
export function countStatements(db: Database): () => number {
  let count = 0;
  const counting = <Caller extends object>(caller: Caller): Caller => {
    const query = (caller as unknown as { query: Query }).query.bind(caller);
    const counted: Query = (statement, ...rest) => {
      const text = typeof statement === 'string' ? statement : statement.text;
      if (!BY_THE_CLOCK.test(text)) count += 1;
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

type Taken = (error: Error | undefined, client: PoolClient | undefined, done: () => void) => void;

/** Whatever the pool runs, one of its clients does, a transaction as well as a statement of its own. */
function countClients(pool: Pool, counting: (client: PoolClient) => PoolClient): void {
  const connect = pool.connect.bind(pool) as (taken?: Taken) => Promise<PoolClient>;
  const known = new WeakSet<PoolClient>();
  const noted = (client: PoolClient) => {
    if (!known.has(client)) counting(client);
    known.add(client);
    return client;
  };
  pool.connect = ((taken?: Taken) =>
    taken
      ? connect((error, client, done) => taken(error, client && noted(client), done))
      : connect().then(noted)) as Pool['connect'];
}
