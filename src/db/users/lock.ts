import { asc, eq, or, type Placeholder, type SQL, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import type { Identity } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import { users } from '../schema';

/* Row locks of users: changes of one user, and entries that start for them, happen one after the other. */

export type UserRow = typeof users.$inferSelect;

/** The two identifiers of a user. */
export type NamedUser = Pick<UserRow, 'email' | 'userId'>;

/** One identifier of a user, or both. */
type Names = { email?: string; userId?: string };

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

/** The same for a user who may not exist, and is not created. */
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
    .for('update');
  return singleUserOf(found, { email, userId });
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
  if (email !== undefined && user.email !== null && user.email.toLowerCase() !== email.toLowerCase()) {
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

function emailIs(email: string): SQL {
  return sql`lower(${users.email}) = lower(${email})`;
}

/** An identity, or the placeholder of its value in a prepared statement. */
type IdentitySql = Partial<Record<keyof Identity, string | Placeholder>>;

/**
 * `with` queries of a statement that finds or creates the user of an identity: `locked_user` is the user with both
 * identifiers, whose row stays locked until the commit. A new one is inserted if `requested`, a query of the same
 * statement, has a row and `mayCreate` is true. `inserted_user` is `fresh` unless another statement has just inserted it.
 */
export function lockOrCreateUserSql(identity: IdentitySql, mayCreate = sql`true`): SQL {
  const byEmail = identity.email !== undefined;
  const isThem = byEmail
    ? sql`lower(users.email) = lower(${identity.email})`
    : sql`users.user_id = ${identity.userId}`;
  return sql`
    found_user as (
      select users.id, users.email, users.user_id from users, requested where ${isThem} for update of users
    ),
    inserted_user as (
      insert into users (email, user_id)
      select ${identity.email ?? null}::text, ${identity.userId ?? null}::text from requested
      where not exists (select 1 from found_user) and ${mayCreate}
      on conflict ${byEmail ? sql`(lower(email))` : sql`(user_id)`} do update set updated_at = users.updated_at
      returning id, email, user_id, (xmax = 0) as fresh
    ),
    locked_user as (select * from found_user union all select id, email, user_id from inserted_user)`;
}
