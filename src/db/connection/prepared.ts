import { createHash } from 'node:crypto';
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from './client';

/**
 * A statement of a fixed text, for what happens most: the text is put together once, and each connection to Postgres
 * parses and plans it once, which is most of what a short statement costs. What varies stands in it as
 * `sql.placeholder(name)`. Name its columns as `Row` has them.
 */
export function prepared<Row, Values extends Record<string, unknown>>(
  statement: SQL,
): (db: Database, values: Values) => Promise<Row[]> {
  const query = new PgDialect().sqlToQuery(statement);
  const name = `wayhook_${createHash('sha256').update(query.sql).digest('hex').slice(0, 16)}`;
  return async (db, values) => {
    const ready = db._.session.prepareQuery(query, undefined, name, false);
    return ((await ready.execute(values)) as { rows: Row[] }).rows;
  };
}
