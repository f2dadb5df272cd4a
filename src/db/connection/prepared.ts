import { createHash } from 'node:crypto';
import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from './client';

/** A value of a statement, or the place of one in a prepared statement. */
export type Slot<Value> = Value | Placeholder;

/** The same for each of several. */
export type Slots<Values> = { [Name in keyof Values]: Slot<Values[Name]> };

/** Slots of these names. */
export function slotsOf<Name extends string>(...names: Name[]): Record<Name, Placeholder> {
  const slots: Partial<Record<Name, Placeholder>> = {};
  for (const name of names) slots[name] = sql.placeholder(name);
  return slots as Record<Name, Placeholder>;
}

/**
 * A statement of a fixed text, for what happens most: the text is put together once, and each connection to Postgres
 * parses and plans it once, which is most of what a short statement costs. What varies stands in it as
 * `sql.placeholder(name)`. Name its columns as `Row` has them.
 */
export function prepared<Row, Values extends object>(
  statement: SQL,
): (db: Database, values: Values) => Promise<Row[]> {
  const query = new PgDialect().sqlToQuery(statement);
  const name = `wayhook_${createHash('sha256').update(query.sql).digest('hex').slice(0, 16)}`;
  return async (db, values) => {
    const ready = db._.session.prepareQuery(query, undefined, name, false);
    return ((await ready.execute(values as Record<string, unknown>)) as { rows: Row[] }).rows;
  };
}
