import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './connection/client';
import { aloneInTurn } from './connection/queued-lock';
import { lockPeople } from './people/people';

const notDeleted = () => sql`deleted_at is null`;

/** The tables of what has a revision, with the condition for a row to be there, or to be locked in its turn. */
const CONDITIONS = {
  webhooks: notDeleted,
  event_webhooks: notDeleted,
  journeys: (id: number) => aloneInTurn('journeys', id),
  people: () => sql`true`,
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
  // Whoever changes a person locks the table before the row.
  if (table === 'people') await lockPeople(tx);
  const [row] = await rowsOf<{ revision: number; updated_at: string }>(
    tx,
    sql`
    select revision, updated_at from ${sql.identifier(table)}
    where id = ${id} and ${CONDITIONS[table](id)} for no key update`,
  );
  return row && { revision: row.revision, updatedAt: new Date(row.updated_at).toISOString() };
}
