import { and, asc, eq, sql } from 'drizzle-orm';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { listsOf, listsOnTheWay } from '../../domain/journeys/lists';
import { type Database, rowsOf } from '../connection/client';
import { lists } from '../schema';
import { aloneInTurn, sharedInTurn } from '../connection/queued-lock';
import { withExplicitId } from '../connection/explicit-id';

export type ListRow = typeof lists.$inferSelect;

/** Creates a list. Undefined when another list has the requested id. */
export async function insertList(
  db: Database,
  values: Pick<ListRow, 'name' | 'description'>,
  id?: number,
): Promise<number | undefined> {
  const row = await db.transaction(async (tx) => {
    const insert = tx
      .insert(lists)
      .values({ id, ...values })
      .onConflictDoNothing()
      .returning({ id: lists.id });
    return (id === undefined ? await insert : await withExplicitId(tx, 'lists', () => insert))[0];
  });
  return row?.id;
}

/** Every list, in order of id. */
export function listLists(db: Database): Promise<ListRow[]> {
  return db.select().from(lists).orderBy(asc(lists.id));
}

/** Whether there is a list of this id. */
export async function isList(db: Database, id: number): Promise<boolean> {
  const found = await db.select({ id: lists.id }).from(lists).where(eq(lists.id, id));
  return found.length > 0;
}

/** Those of these ids that no list has. The known lists cannot be deleted before the transaction ends. */
export async function unknownListsAmong(tx: Database, ids: number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await rowsOf<{ id: number }>(
    tx,
    sql`
    select id from ${sharedInTurn('lists', sql`select distinct unnest(${sql.param(ids)}::int[]) order by 1`)} shared
    join lists using (id) for share of lists`,
  );
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** How many users are on a list; undefined when there is no such list. */
export async function countMembers(db: Database, id: number): Promise<number | undefined> {
  const [row] = await rowsOf<{ size: number }>(
    db,
    sql`select (select count(*) from list_users where list_id = lists.id) as size from lists where id = ${id}`,
  );
  return row?.size;
}

/** A user on a list. `id` is the order of the list's pages. */
export interface Member {
  id: number;
  email: string | null;
  userId: string | null;
}

/** The next users of a list, those above `after`. */
export function listMembers(
  db: Database,
  listId: number,
  { after, limit }: { after: number; limit: number },
): Promise<Member[]> {
  return rowsOf(
    db,
    sql`
    select users.id, email, users.user_id as "userId"
    from list_users join users on users.id = list_users.user_id
    where list_id = ${listId} and list_users.user_id > ${after}
    order by list_users.user_id limit ${limit}`,
  );
}

/** A journey that needs a list. */
export interface UserOfList {
  id: number;
  name: string;
}

/**
 * Deletes a list and its memberships, unless published journeys start with it, suppress its users or have a condition on
 * it, or users are under way whom a tile or an exit rule of their version may ask for it: those journeys are returned.
 * Undefined when there is no such list.
 */
export async function deleteList(db: Database, id: number): Promise<UserOfList[] | undefined> {
  return db.transaction(async (tx) => {
    // A transaction that publishes a journey with the list, or puts a user on it, shares the lock.
    const [list] = await tx
      .select({ id: lists.id })
      .from(lists)
      .where(and(eq(lists.id, id), aloneInTurn('lists', id)))
      .for('update');
    if (list === undefined) return undefined;
    const needing = await journeysNeeding(tx, id);
    if (needing.length === 0) await tx.delete(lists).where(eq(lists.id, id));
    return needing;
  });
}

/** The journeys that begin with a list, suppress its users, or ask for it on the way, in order of id. */
export async function journeysNeeding(db: Database, id: number): Promise<UserOfList[]> {
  const mentioning = await rowsOf<UserOfList & { definition: JourneyDefinition; published: boolean }>(
    db,
    sql`
    select journeys.id, journeys.name, frozen.definition, coalesce(version = published_version, false) as published
    from journeys join journey_versions frozen on journey_id = journeys.id
    where frozen.definition::text ~ ${`\\m${id}\\M`} and (version = published_version or exists (
      select 1 from entries
      where entries.journey_id = journeys.id and entries.version = frozen.version and ended_at is null))
    order by journeys.id`,
  );
  const needing = mentioning.filter(({ definition, published }) =>
    (published ? listsOf : listsOnTheWay)(definition).some((used) => used.id === id),
  );
  return [...new Map(needing.map(({ id, name }) => [id, { id, name }])).values()];
}
