import { isDeepStrictEqual } from 'node:util';
import { asc, eq, or, type SQL, sql } from 'drizzle-orm';
import { RequestError } from '../domain/errors';
import { type Identity, mergeProfile, type Profile } from '../domain/profile';
import type { Occurrence } from '../domain/entry-source';
import type { Database } from './client';
import type { Waiting, WaitingEvent } from './outbox';
import { checkFields, type CheckedFields } from './profileFields';
import { entries, users } from './schema';
import { startJourneys } from './starts';
import { tellParticipant } from './webhookEvents';

export type UserRow = typeof users.$inferSelect;

export async function findUser(db: Database, identity: Identity): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(isUser(identity));
  return row;
}

/** SQL: whether a row of `users` is the user of this identity. */
export function isUser(identity: Identity): SQL {
  return identity.email === undefined ? eq(users.userId, identity.userId) : emailIs(identity.email);
}

export interface UserUpdate {
  email?: string;
  userId?: string;
  dataFields: Profile;
  mergeNestedObjects: boolean;
  /** False leaves out fields that no user has had yet. */
  createNewFields: boolean;
}

/** What an update came to. */
export interface Updated extends CheckedFields {
  user: UserRow;
  /** The entries that it began. */
  waiting: Waiting[];
}

/**
 * Creates or updates the user of one or both identifiers, who may gain the one that was missing. The row is
 * locked while the profile is merged, so that updates at the same time lose nothing.
 * Throws `EmailAlreadyExists` or `UserIdAlreadyExists` when the identifiers belong to different users, and
 * `RequestFieldsTypesMismatched` when a field's first use gave it another type.
 */
export async function updateUser(db: Database, update: UserUpdate): Promise<Updated> {
  return db.transaction((tx) => updateHeldUser(tx, update));
}

/** The same within a transaction, which holds the user's row from then on; `change` has the last word on the profile. */
export async function updateHeldUser(
  tx: Database,
  update: UserUpdate,
  change: (profile: Profile) => Profile = (profile) => profile,
): Promise<Updated> {
  const { user: before, created } = await holdUser(tx, update);
  const checked = await checkFields(tx, update.dataFields, update.createNewFields);
  const { fields } = checked;
  const [user] = await tx
    .update(users)
    .set({
      email: before.email ?? update.email,
      userId: before.userId ?? update.userId,
      dataFields: change(mergeProfile(before.dataFields, fields, update.mergeNestedObjects)),
      updatedAt: sql`now()`,
    })
    .where(eq(users.id, before.id))
    .returning();
  const occurrences: Occurrence[] = [{ kind: 'profileUpdate', fields: Object.keys(fields) }];
  if (created) occurrences.push({ kind: 'newUser' });
  const told = created
    ? await tellParticipant(tx, 'participant.created', before.id)
    : await tellUpdate(tx, before, user!);
  return {
    user: user!,
    waiting: [...told, ...(await startJourneys(tx, user!, occurrences, fields))],
    ...checked,
  };
}

/**
 * Tells event webhooks how a user has changed, whose row the transaction holds: names, fields, tags. Of an update that
 * changes nothing, nothing is told (B155).
 */
export async function tellUpdate(tx: Database, before: UserRow, after: UserRow): Promise<WaitingEvent[]> {
  const names = ['email', 'userId'] as const;
  const gained = names.filter((name) => before[name] !== after[name]);
  const [old, now] = [before.dataFields, after.dataFields];
  const changed = Object.keys({ ...old, ...now }).filter((name) => !isDeepStrictEqual(old[name], now[name]));
  const tagsGone = before.tags.every((tag) => after.tags.includes(tag)) ? [] : ['tags'];
  const changedFields = [...new Set([...gained, ...changed, ...tagsGone])];
  const tagsAdded = after.tags.filter((tag) => !before.tags.includes(tag));
  const tell = (type: 'profileUpdated' | 'tagsAdded', what: Record<string, string[]>) =>
    Object.values(what)[0]!.length === 0 ? [] : tellParticipant(tx, `participant.${type}`, after.id, what);
  return [...(await tell('profileUpdated', { changedFields })), ...(await tell('tagsAdded', { tagsAdded }))];
}

/**
 * Finds or makes the user and holds the row until the transaction ends. Inserting first settles who makes a new
 * one; the loser finds the winner's row, and waits for its lock.
 */
export async function holdUser(
  tx: Database,
  { email, userId }: Pick<UserUpdate, 'email' | 'userId'>,
): Promise<{ user: UserRow; created: boolean }> {
  const made = await tx.insert(users).values({ email, userId }).onConflictDoNothing().returning();
  if (made[0] !== undefined) return { user: made[0], created: true };
  const user = await findHeldUser(tx, { email, userId });
  // The user was erased between the two statements: the next insert makes a new one.
  return user === undefined ? holdUser(tx, { email, userId }) : { user, created: false };
}

/** The same for a user who may not exist, and is not made. */
export async function findHeldUser(
  tx: Database,
  { email, userId }: Pick<UserUpdate, 'email' | 'userId'>,
): Promise<UserRow | undefined> {
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
  return oneUserOf(found, { email, userId });
}

/** The two names of a user. */
export type NamedUser = Pick<UserRow, 'email' | 'userId'>;

/**
 * The one user among those who have one of the names. Throws `UserIdAlreadyExists` or `EmailAlreadyExists` where the names
 * belong to two, or the user has others.
 */
export function oneUserOf<User extends NamedUser>(
  found: User[],
  { email, userId }: Pick<UserUpdate, 'email' | 'userId'>,
): User | undefined {
  const [user, other] = found;
  if (user === undefined) return undefined;
  if (other !== undefined) {
    throw new RequestError(
      'UserIdAlreadyExists',
      'The email and the userId belong to two users. Send one of them, or merge the users first.',
    );
  }
  refuseOtherIdentifiers(user, { email, userId });
  return user;
}

/** An update adds the identifier that a user lacks; it never changes one that it has. */
function refuseOtherIdentifiers(
  user: NamedUser,
  { email, userId }: Pick<UserUpdate, 'email' | 'userId'>,
): void {
  if (email !== undefined && user.email !== null && user.email.toLowerCase() !== email.toLowerCase()) {
    throw new RequestError(
      'EmailAlreadyExists',
      'The user with this userId has another email. Send the update without email.',
    );
  }
  if (userId !== undefined && user.userId !== null && user.userId !== userId) {
    throw new RequestError(
      'UserIdAlreadyExists',
      'The user with this email has another userId. Send the update without userId.',
    );
  }
}

/**
 * Gives a user another email, or a first one. Returns what event webhooks have to be sent, or undefined when there is
 * no such user. Throws `EmailAlreadyExists` when
 * another user has it.
 */
export async function changeEmail(
  db: Database,
  identity: Identity,
  email: string,
): Promise<WaitingEvent[] | undefined> {
  try {
    return await db.transaction(async (tx) => {
      const [before] = await tx.select().from(users).where(isUser(identity)).for('update');
      if (before === undefined) return undefined;
      const [after] = await tx
        .update(users)
        .set({ email, updatedAt: sql`now()` })
        .where(eq(users.id, before.id))
        .returning();
      return tellUpdate(tx, before, after!);
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new RequestError(
      'EmailAlreadyExists',
      'Another user has this email. Choose another, or merge the two users.',
    );
  }
}

/** Whether a statement was refused for a value that another row has. */
function isDuplicate(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === '23505';
}

/**
 * Merges fields into the profile of an entry's user, whose row stays locked until the transaction ends. Returns what
 * event webhooks have to be sent.
 */
export async function mergeEntryProfile(
  tx: Database,
  entryId: string,
  fields: Profile,
): Promise<WaitingEvent[]> {
  const [found] = await tx
    .select({ user: users })
    .from(users)
    .innerJoin(entries, eq(entries.userId, users.id))
    .where(eq(entries.id, entryId))
    .for('update', { of: users });
  if (found === undefined) return mergeLaterProfile(tx, entryId, fields);
  await checkFields(tx, fields, true);
  const [updated] = await tx
    .update(users)
    .set({ dataFields: mergeProfile(found.user.dataFields, fields, false), updatedAt: sql`now()` })
    .where(eq(users.id, found.user.id))
    .returning();
  return tellUpdate(tx, found.user, updated!);
}

/** For a user who was erased meanwhile, so that there is nobody to update, or merged: the entry is another's then. */
async function mergeLaterProfile(tx: Database, entryId: string, fields: Profile): Promise<WaitingEvent[]> {
  const [entry] = await tx.select({ userId: entries.userId }).from(entries).where(eq(entries.id, entryId));
  return entry === undefined || entry.userId === null ? [] : mergeEntryProfile(tx, entryId, fields);
}

function emailIs(email: string) {
  return sql`lower(${users.email}) = lower(${email})`;
}
