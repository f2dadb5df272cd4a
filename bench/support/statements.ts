import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import type { Database } from '../../src/db/client';

type Query = (statement: string | { text: string }, ...rest: unknown[]) => unknown;

/** The driver beneath a database: a pool, or the embedded database itself. */
export function driverOf(db: Database): { query: Query } {
  return (db as Database & { $client: Pool | PGlite }).$client as unknown as { query: Query };
}

/** The sweep of the outbox goes by the clock and belongs to no entry. */
const SWEEP = /from outbox where next_at/;

/** Counts the statements that pass through the driver, each a round trip. Returns the count so far. */
export function countStatements(db: Database): () => number {
  const driver = driverOf(db);
  const query = driver.query.bind(driver);
  let count = 0;
  driver.query = (statement, ...rest) => {
    const text = typeof statement === 'string' ? statement : statement.text;
    if (!SWEEP.test(text)) count += 1;
    return query(statement, ...rest);
  };
  return () => count;
}
