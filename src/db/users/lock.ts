import { asc, eq, or, type SQL, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import type { Identity } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import { users } from '../schema';

/* Users whose rows a transaction holds: whoever changes one, or begins their entries, waits for the others. */

export type UserRow = typeof users.$inferSelect;

/** The two names of a user. */
export type NamedUser = Pick<UserRow, 'email' | 'userId'>;

/** One name of a user, or both. */
type Names = { email?: string; userId?: string };

/** SQL: whether a row of `users` is the user of this identity. */
export function isUser(identity: Identity): SQL {
  return identity.email === undefined ? eq(users.userId, identity.userId) : emailIs(identity.email);
}

/**
 * Finds or makes the user and holds the row until the transaction ends. Inserting first settles who makes a new
 * one; the loser finds the winner's row, and waits for its lock.
 */
export async function lockOrCreateUser(
  tx: Database,
  { email, userId }: Names,
): Promise<{ user: UserRow; created: boolean }> {
  const made = await tx.insert(users).values({ email, userId }).onConflictDoNothing().returning();
  if (made[0] !== undefined) return { user: made[0], created: true };
  const user = await lockUser(tx, { email, userId });
  // The user was erased between the two statements: the next insert makes a new one.
  return user === undefined ? lockOrCreateUser(tx, { email, userId }) : { user, created: false };
}

/** The same for a user who may not exist, and is not made. */
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
 * The one user among those who have one of the names. Throws `UserIdAlreadyExists` or `EmailAlreadyExists` where the names
 * belong to two, or the user has others.
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
