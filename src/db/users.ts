import { asc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { RequestError } from '../domain/errors';
import {
  fieldTypeOf,
  fitsFieldType,
  type Identity,
  mergeProfile,
  type Profile,
  type ProfileFieldType,
} from '../domain/profile';
import type { Occurrence } from '../domain/entry-source';
import type { Database } from './client';
import type { Waiting } from './outbox';
import { entries, profileFields, users } from './schema';
import { startJourneys } from './starts';

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

/**
 * Creates or updates the user of one or both identifiers, who may gain the one that was missing. The row is
 * locked while the profile is merged, so that updates at the same time lose nothing.
 * Throws `EmailAlreadyExists` or `UserIdAlreadyExists` when the identifiers belong to different users, and
 * `RequestFieldsTypesMismatched` when a field's first use gave it another type. Returns the entries that the update
 * began.
 */
export async function updateUser(db: Database, update: UserUpdate): Promise<Waiting[]> {
  return db.transaction(async (tx) => (await updateHeldUser(tx, update)).waiting);
}

/** The same within a transaction, which holds the user's row from then on; `change` has the last word on the profile. */
export async function updateHeldUser(
  tx: Database,
  update: UserUpdate,
  change: (profile: Profile) => Profile = (profile) => profile,
): Promise<{ user: UserRow; waiting: Waiting[] }> {
  const { user: before, created } = await holdUser(tx, update);
  const fields = await checkFields(tx, update.dataFields, update.createNewFields);
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
  return { user: user!, waiting: await startJourneys(tx, user!, occurrences, fields) };
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
  const [user, other] = found;
  // The user was erased between the two statements: the next insert makes a new one.
  if (user === undefined) return holdUser(tx, { email, userId });
  if (other !== undefined) {
    throw new RequestError(
      'UserIdAlreadyExists',
      'The email and the userId belong to two users. Send one of them, or merge the users first.',
    );
  }
  refuseOtherIdentifiers(user, { email, userId });
  return { user, created: false };
}

/** An update adds the identifier that a user lacks; it never changes one that it has. */
function refuseOtherIdentifiers(
  user: UserRow,
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

/** Returns the fields that may be written, having given each new one its type. */
async function checkFields(tx: Database, fields: Profile, createNewFields: boolean): Promise<Profile> {
  const types = await typesOf(tx, Object.keys(fields));
  // In order of name: two updates that bring the same new fields then wait for each other in one order only.
  const fresh = Object.keys(fields)
    .filter((name) => !types.has(name) && fieldTypeOf(fields[name]) !== undefined)
    .sort();
  if (createNewFields && fresh.length > 0) {
    const rows = fresh.map((name) => ({ name, type: fieldTypeOf(fields[name])! }));
    await tx.insert(profileFields).values(rows).onConflictDoNothing();
    for (const [name, type] of await typesOf(tx, fresh)) types.set(name, type);
  }
  refuseOtherTypes(fields, types);
  if (createNewFields) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => types.has(name)));
}

/** Merges fields into the profile of an entry's user, whose row stays locked until the transaction ends. */
export async function mergeEntryProfile(tx: Database, entryId: string, fields: Profile): Promise<void> {
  const [user] = await tx
    .select({ id: users.id, dataFields: users.dataFields })
    .from(users)
    .innerJoin(entries, eq(entries.userId, users.id))
    .where(eq(entries.id, entryId))
    .for('update', { of: users });
  // The user was erased meanwhile: there is nobody to update.
  if (user === undefined) return;
  await checkFields(tx, fields, true);
  const dataFields = mergeProfile(user.dataFields, fields, false);
  await tx
    .update(users)
    .set({ dataFields, updatedAt: sql`now()` })
    .where(eq(users.id, user.id));
}

/** Those of these fields whose first use gave them another type. */
export async function mismatchedFields(db: Database, fields: Profile): Promise<string[]> {
  return mismatchesOf(fields, await typesOf(db, Object.keys(fields))).map(([name]) => name);
}

function mismatchesOf(fields: Profile, types: Map<string, ProfileFieldType>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const type = types.get(name);
    if (type === undefined || fitsFieldType(value, type)) return [];
    return [[name, `The field holds values of type ${type}; this one is ${fieldTypeOf(value)}.`]];
  });
}

function refuseOtherTypes(fields: Profile, types: Map<string, ProfileFieldType>): void {
  const mismatched = mismatchesOf(fields, types);
  if (mismatched.length === 0) return;
  const names = mismatched.map(([name]) => name).join(', ');
  throw new RequestError(
    'RequestFieldsTypesMismatched',
    `These fields have another type since their first use: ${names}. Send values of that type.`,
    Object.fromEntries(mismatched),
  );
}

async function typesOf(db: Database, names: string[]): Promise<Map<string, ProfileFieldType>> {
  if (names.length === 0) return new Map();
  const rows = await db.select().from(profileFields).where(inArray(profileFields.name, names));
  return new Map(rows.map((row) => [row.name, row.type]));
}

/** Every profile field that any user has had, with its type, in order of name. */
export async function listProfileFields(db: Database): Promise<Record<string, ProfileFieldType>> {
  const rows = await db.select().from(profileFields).orderBy(asc(profileFields.name));
  return Object.fromEntries(rows.map((row) => [row.name, row.type]));
}

function emailIs(email: string) {
  return sql`lower(${users.email}) = lower(${email})`;
}
