import { or, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { users } from '../schema';
import { emailIs, isUser, lockOrCreateUser, type NamedUser, type Names, type UserRow } from './lock';

/* Calls that name a user by email and userId, and change neither. */

/**
 * The names that decide who is meant. The email decides; only if nobody has it, and the userId is that of a user without
 * an email, the userId does. Both are returned if neither is known: a new user gets both.
 */
export async function decidingNames(db: Database, names: Names): Promise<Names> {
  const { email, userId } = names;
  if (email === undefined || userId === undefined) return names;
  const found = await db
    .select({ byEmail: sql<boolean>`coalesce(${isUser({ email })}, false)`, email: users.email })
    .from(users)
    .where(or(isUser({ email }), isUser({ userId })));
  if (found.some(({ byEmail }) => byEmail)) return { email };
  const [other] = found;
  if (other === undefined) return names;
  return other.email === null ? { userId } : { email };
}

/** The one identifier among these; undefined where there are two. */
export function identityOf({ email, userId }: Names): Identity | undefined {
  if (email !== undefined && userId !== undefined) return undefined;
  return email === undefined ? { userId: userId! } : { email };
}

/** Finds the user who is meant, or creates one, whose row stays locked until the transaction ends. */
export async function lockOrCreateNamedUser(
  tx: Database,
  names: Names,
): Promise<{ user: UserRow; created: boolean }> {
  const deciding = await decidingNames(tx, names);
  const identity = identityOf(deciding);
  if (identity !== undefined) return lockOrCreateUser(tx, identity);
  const [user] = await tx.insert(users).values(deciding).onConflictDoNothing().returning();
  // Another transaction has just created a user with one of the names.
  return user === undefined ? lockOrCreateNamedUser(tx, names) : { user, created: true };
}

/** Who names mean: the id of a user, or the names of a user to be created. */
export type Meant = number | Names;

/** The same as `decidingNames` for many, in their order. */
export async function usersMeant(db: Database, names: Names[]): Promise<Meant[]> {
  const found = await rowsOf<{ byEmail: number | null; byUserId: number | null; hasEmail: boolean }>(
    db,
    sql`
    select by_email.id as "byEmail", by_user_id.id as "byUserId", by_user_id.email is not null as "hasEmail"
    from unnest(
      ${sql.param(names.map(({ email }) => email ?? null))}::text[],
      ${sql.param(names.map(({ userId }) => userId ?? null))}::text[]
    ) with ordinality as named (named_email, named_user_id, position)
    left join lateral (select id from users where ${emailIs(sql`named_email`)}) by_email on true
    left join lateral (select id, email from users where user_id = named_user_id) by_user_id on true
    order by position`,
  );
  return found.map(({ byEmail, byUserId, hasEmail }, index) => {
    const { email, userId } = names[index]!;
    if (byEmail !== null) return byEmail;
    if (byUserId === null) return { email, userId };
    return email === undefined || !hasEmail ? byUserId : { email };
  });
}

/** Creates users. Returns the ids of those whose names nobody had meanwhile, by position. */
export async function insertUsers(tx: Database, names: Names[]): Promise<(number | undefined)[]> {
  if (names.length === 0) return [];
  // In one order, so that two calls with the same users never deadlock.
  const sorted = [...names].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const created = await rowsOf<NamedUser & { id: number }>(
    tx,
    sql`
    insert into users (email, user_id)
    select * from unnest(
      ${sql.param(sorted.map(({ email }) => email ?? null))}::text[],
      ${sql.param(sorted.map(({ userId }) => userId ?? null))}::text[])
    on conflict do nothing returning id, email, user_id as "userId"`,
  );
  const ids = new Map(created.map((user) => [keyOf(user), user.id]));
  return names.map((name) => ids.get(keyOf(name)));
}

function keyOf({ email, userId }: { email?: string | null; userId?: string | null }): string {
  return JSON.stringify([email ?? null, userId ?? null]);
}

/**
 * Locks these users, in order of id, until the transaction ends. Returns, for each who still exists, what their entries
 * watch for.
 */
export async function lockUsers(tx: Database, ids: number[]): Promise<Map<number, string[]>> {
  const rows = await rowsOf<{ id: number; watched: string[] }>(
    tx,
    sql`
    select id, watched from users where id = any(${sql.param(ids)}::bigint[]) order by id for no key update`,
  );
  return new Map(rows.map(({ id, watched }) => [id, watched]));
}
