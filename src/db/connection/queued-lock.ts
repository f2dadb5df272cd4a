import { type SQL, sql } from 'drizzle-orm';

/*
 * Locks of rows that many transactions share and few have alone. A row lock lets every new sharer pass whoever waits to
 * have it alone, who starves under load; advisory locks have a queue.
 *
 * A statement sees the tables as they were before it waited. So it locks the row itself as well, which reads it again:
 * sharers `for share`, because `for key share` ignores a change that leaves the key as it is; the others
 * `for no key update`, which does not wait for foreign keys.
 */

/** The first of an advisory lock's two keys; the second is the row's id. */
const KEYS = { journeys: sql.raw('1'), lists: sql.raw('2') };

type Queued = keyof typeof KEYS;

/** SQL for a `from`: the ids that a query selects, each shared until the commit. Select them in order of id. */
export function sharedInTurn(table: Queued, ids: SQL): SQL {
  return sql`(
        select id from (${ids} offset 0) wanted (id)
        where pg_advisory_xact_lock_shared(${KEYS[table]}, wanted.id) is not null offset 0
      )`;
}

/** SQL of a condition: true once the transaction has the row of this id alone. */
export function aloneInTurn(table: Queued, id: number): SQL {
  return sql`pg_advisory_xact_lock(${KEYS[table]}, ${id}::int) is not null`;
}
