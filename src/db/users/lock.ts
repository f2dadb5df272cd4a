import { asc, eq, or, type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import { foldedEmail } from '../../domain/users/email';
import type { Identity } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import { users } from '../schema';

/*
 * Row locks of users: changes of one user, and entries that start for them, happen one after the other. Their strength
 * lets foreign keys pass: who closes an entry has locked it and refers to the user, whose lock's owner may want to close
 * the same entry.
 *
 * The order in which everything is locked, so that no two transactions wait for each other:
 *
 * 1. users, in order of id: all of those whose entries the transaction locks, unless that is one entry alone;
 * 2. entries, in order of id;
 * 3. what belongs to an entry: attempts, then deliveries, then callbacks. Waits and steps are locked under 1 or 2;
 * 4. notifications, and what is inserted: events, their deliveries, the outbox.
 *
 * A journey is shared (`connection/queued-lock.ts`) before or after 1, so a transaction that has one alone locks neither
 * users nor entries: archiving ends entries only after its commit. An update that joins another table locks rows in no
 * order, and the `with` queries of one statement run in none: so where a statement locks several rows, or rows of 2 and
 * 3, a query of its own locks those of 2 first, in order, and the others refer to it.
 */

export type UserRow = typeof users.$inferSelect;

/** The two identifiers of a user. */
export type NamedUser = Pick<UserRow, 'email' | 'userId'>;

/** One identifier of a user, or both. */
export type Names = { email?: string; userId?: string };

/** SQL: whether a row of `users` is the user of this identity. */
export function isUser(identity: Identity): SQL {
  return identity.email === undefined ? eq(users.userId, identity.userId) : emailIs(identity.email);
}

/**
 * Finds or creates the user, whose row stays locked until the transaction ends. Inserting first decides who creates a
 * new one; the loser finds the winner's row and waits for its lock.
 */
export async function lockOrCreateUser(
  tx: Database,
  { email, userId }: Names,
): Promise<{ user: UserRow; created: boolean }> {
  const inserted = await tx.insert(users).values({ email, userId }).onConflictDoNothing().returning();
  if (inserted[0] !== undefined) return { user: inserted[0], created: true };
  const user = await lockUser(tx, { email, userId });
  // The user was erased between the two statements: the next insert creates a new one.
  return user === undefined ? lockOrCreateUser(tx, { email, userId }) : { user, created: false };
}

/**
 * The same for a user who may not exist, and is not created. Whoever holds the lock may go on to lock an entry of the
 * user, and a statement that closes the entry and then refers to the user must not wait for it meanwhile: a lock of this
 * strength lets it.
 */
export async function lockUser(tx: Database, { email, userId }: Names): Promise<UserRow | undefined> {
  const found = await tx
    .select()
    .from(users)
    .where(
      or(
        email === undefined ? undefined : emailIs(email),
        userId === undefined ? undefined : eq(users.userId, userId),
      ),
    )
    .orderBy(asc(users.id))
    .for('no key update');
  return singleUserOf(found, { email, userId });
}

/** Locks the entries of a user, whose row the transaction has locked, until it ends. */
export async function lockEntriesOf(tx: Database, userId: number): Promise<void> {
  await tx.execute(sql`select 1 from entries where user_id = ${userId} order by id for no key update`);
}

/**
 * The one user among those who have one of the identifiers. Throws `UserIdAlreadyExists` or `EmailAlreadyExists` where
 * the identifiers belong to two users, or the user has another email or userId.
 */
export function singleUserOf<User extends NamedUser>(
  found: User[],
  { email, userId }: Names,
): User | undefined {
  const [user, other] = found;
  if (user === undefined) return undefined;
  if (other !== undefined) {
    throw new ApiError(
      'UserIdAlreadyExists',
      'The email and the userId belong to two users. Send one of them, or merge the users first.',
    );
  }
  refuseOtherIdentifiers(user, { email, userId });
  return user;
}

/** An update adds the identifier that a user lacks; it never changes one that it has. */
function refuseOtherIdentifiers(user: NamedUser, { email, userId }: Names): void {
  if (email !== undefined && user.email !== null && foldedEmail(user.email) !== foldedEmail(email)) {
    throw new ApiError(
      'EmailAlreadyExists',
      'The user with this userId has another email. Send the update without email.',
    );
  }
  if (userId !== undefined && user.userId !== null && user.userId !== userId) {
    throw new ApiError(
      'UserIdAlreadyExists',
      'The user with this email has another userId. Send the update without userId.',
    );
  }
}

/** SQL: whether a row of `users` has this email. */
export function emailIs(email: string | SQLWrapper): SQL {
  return sql`${foldedEmailSql(users.email)} = ${foldedEmailSql(email)}`;
}

/** SQL of an email as it is compared, and indexed: the rule of `foldedEmail`, in any locale. */
export function foldedEmailSql(email: string | SQLWrapper): SQL {
  return sql`lower(${email} collate "C")`;
}

/** An identity, or the placeholder of its value in a prepared statement. */
type IdentitySql = Partial<Record<keyof Identity, string | Placeholder>>;

/** What `profileMark` of a row stands for where there is none. */
export const NO_PROFILE = 'none';

/** SQL of a text that is another one after each change of a row of `users`. */
export const profileMark = sql`users.xmin::text`;

/** Under which conditions a statement that finds or creates a user goes on. */
interface UserConditions {
  mayCreate?: SQL;
  /** text: the mark of the user's row, or `NO_PROFILE`, as it was read before; null for any. */
  seen?: SQL;
  /** text: a key that must not be one of `users.watched`. */
  unwatched?: SQL;
  /** text[]: the keys that a user whom the statement inserts watches for; see `watchExitsSql` for the others. */
  watches?: SQL;
}

/**
 * `with` queries of a statement that finds or creates the user of an identity: `locked_user` is the user with both
 * identifiers, whose row stays locked until the commit. A new one is inserted if `requested`, a query of the same
 * statement, has a row and `mayCreate` is true. `inserted_user` is `fresh` unless another statement has just inserted it.
 * `locked_user` is empty where the user's row is no longer as `seen`, or is watched for the key `unwatched`: both are
 * judged by the row that is locked, which a statement that waited for the lock reads anew.
 */
export function lockOrCreateUserSql(
  identity: IdentitySql,
  { mayCreate = sql`true`, seen = sql`null::text`, unwatched, watches }: UserConditions = {},
): SQL {
  const byEmail = identity.email !== undefined;
  const isThem = byEmail ? emailIs(identity.email!) : sql`users.user_id = ${identity.userId}`;
  const isWatched = unwatched === undefined ? sql`false` : sql`${unwatched} = any(users.watched)`;
  return sql`
    found_user as (
      select users.id, users.email, users.user_id,
        coalesce(${seen} = ${profileMark}, true) and not ${isWatched} as is_usable
      from users, requested where ${isThem} for no key update of users
    ),
    inserted_user as (
      insert into users (email, user_id, watched)
      select ${identity.email ?? null}::text, ${identity.userId ?? null}::text, ${watches ?? sql`'{}'::text[]`} from requested
      where not exists (select 1 from found_user) and ${mayCreate} and coalesce(${seen} = ${NO_PROFILE}, true)
      on conflict ${byEmail ? sql`(${foldedEmailSql(sql`email`)})` : sql`(user_id)`} do update set ${watches === undefined ? sql`updated_at = users.updated_at` : sql`watched = users.watched || excluded.watched`}
      returning id, email, user_id, (xmax = 0) as fresh, ${isWatched} as is_watched
    ),
    locked_user as (
      select id, email, user_id from found_user where is_usable
      union all select id, email, user_id from inserted_user
      where fresh or (${seen} is null and not is_watched)
    )`;
}
