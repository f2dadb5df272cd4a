import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../connection/client';

/*
 * `users.watched`: the keys of what may end a wait or meet an exit rule of the user's open entries. A key that is missing
 * would lose an event, so whoever opens a wait, or accepts an entry, adds its keys under the lock of the user's row. A key
 * too many costs one look: a statement that closes an entry, which does not lock the user, leaves the keys of the entry
 * behind.
 */

/**
 * SQL that adds keys to the rows of `users` that are locked: `added` has the ids and the keys. It does not look whether
 * they are there. A statement that has waited for the lock sees the row as it was before; only the update itself adds to
 * the row as it is.
 */
function addKeysSql(added: SQL): SQL {
  return sql`
      update users set watched = (select array_agg(distinct key order by key) from unnest(watched || added.keys) key)
      from (${added}) added where users.id = added.id`;
}

/** Adds keys of a user whose row the transaction has locked. */
export async function watchKeys(tx: Database, userId: number, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(addKeysSql(sql`select ${userId}::bigint as id, ${sql.param(keys)}::text[] as keys`));
}

/**
 * SQL that adds the keys of the exit rules of these entries, rows of a query, whose users the statement has locked. It
 * does not see users that it inserts itself: `lockOrCreateUserSql` gives them theirs.
 */
export function watchExitsSql(accepted: SQL): SQL {
  return addKeysSql(sql`
        select user_id as id, array_agg(distinct key) as keys
        from ${accepted} entering join journey_versions using (journey_id, version), unnest(exit_keys) key
        group by user_id`);
}

/**
 * Makes the keys of a user, whose row the transaction has locked, those of their open entries' waits and exit rules, and
 * deletes waits that their entries have left behind.
 */
export async function refreshWatched(tx: Database, userId: number): Promise<void> {
  await tx.execute(sql`
    with left_behind as (
      delete from waits using entries
      where waits.user_id = ${userId} and entries.id = waits.entry_id and entries.ended_at is not null
    ),
    needed as (
      select coalesce(array_agg(distinct key order by key), '{}') as keys from (
        select unnest(waits.keys) as key from waits join entries on entries.id = entry_id
        where waits.user_id = ${userId} and ended_at is null
        union all
        select unnest(exit_keys) from entries join journey_versions using (journey_id, version)
        where user_id = ${userId} and ended_at is null
      ) open
    )
    update users set watched = needed.keys from needed where id = ${userId} and watched <> needed.keys`);
}
