import { sql } from 'drizzle-orm';
import type { Database } from './client';

/** Within a transaction: inserts a row whose id the caller chose, and lets the table's counter step over it. */
export async function withExplicitId<Row>(
  tx: Database,
  table: 'journeys' | 'lists',
  insert: () => PromiseLike<Row>,
): Promise<Row> {
  const rows = sql.identifier(table);
  // Nobody else inserts between this row and the counter's step over it.
  await tx.execute(sql`lock table ${rows} in share row exclusive mode`);
  const inserted = await insert();
  await tx.execute(sql`
    select setval(pg_get_serial_sequence(${table}, 'id'),
      greatest((select max(id) from ${rows}), (select last_value from ${sql.identifier(`${table}_id_seq`)})))`);
  return inserted;
}
