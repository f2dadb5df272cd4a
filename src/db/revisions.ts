import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './connection/client';
import { aloneInTurn } from './connection/queued-lock';

const notDeleted = () => sql`deleted_at is null`;

/** The tables of what has a revision, with the condition for a row to be locked: that it is not deleted, or its turn. */
const CONDITIONS = {
  webhooks: notDeleted,
  event_webhooks: notDeleted,
  journeys: (id: number) => aloneInTurn('journeys', id),
};

export type Revisioned = keyof typeof CONDITIONS;

export interface Revision {
  revision: number;
  updatedAt: string;
}

/** The revision of a row, which is locked until the transaction ends. Undefined when there is no such row. */
export async function lockRevision(
  tx: Database,
  table: Revisioned,
  id: number,
): Promise<Revision | undefined> {
  const [row] = await rowsOf<{ revision: number; updated_at: string }>(
    tx,
    sql`
    select revision, updated_at from ${sql.identifier(table)}
    where id = ${id} and ${CONDITIONS[table](id)} for no key update`,
  );
  return row && { revision: row.revision, updatedAt: new Date(row.updated_at).toISOString() };
}
