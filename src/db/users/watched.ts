import { sql } from 'drizzle-orm';
import type { Database } from '../connection/client';

/*
 * `users.watched`: the keys of what may end a wait or meet an exit rule of the user's open entries. A key that is missing
 * would lose an event, so whoever opens a wait adds its keys under the lock of the user's row. A key too many costs one
 * look: a statement that closes an entry, which does not lock the user, leaves the keys of the entry behind.
 */

/** Adds keys of a user whose row the transaction has locked. */
export async function watchKeys(tx: Database, userId: number, keys: string[]): Promise<void> {
  const added = sql`${sql.param(keys)}::text[]`;
  await tx.execute(sql`
    update users set watched = (select array_agg(distinct key order by key) from unnest(watched || ${added}) key)
    where id = ${userId} and not watched @> ${added}`);
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
