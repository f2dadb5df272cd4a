import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { PersonInput, Role } from '../../domain/people/person';
import { type Database, rowsOf } from '../connection/client';
import { people } from '../schema';

export interface Person {
  id: number;
  email: string;
  name: string;
  role: Role;
}

/** A person as they are listed. */
export interface PersonRow extends Person {
  hasPassword: boolean;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  signedInAt: Date | null;
}

const { passwordHash, id, email, name, role, revision, createdAt, updatedAt, signedInAt } = people;
const COLUMNS = {
  ...{ id, email, name, role, revision, createdAt, updatedAt, signedInAt },
  hasPassword: sql<boolean>`${passwordHash} is not null`,
};

/** Undefined when another person has the email. */
export async function insertPerson(
  db: Database,
  values: PersonInput & { passwordHash?: string },
): Promise<PersonRow | undefined> {
  const [row] = await db.insert(people).values(values).onConflictDoNothing().returning(COLUMNS);
  return row;
}

/** Newest first: those before `before`. */
export function listPeople(
  db: Database,
  { before, limit }: { before?: number; limit: number },
): Promise<PersonRow[]> {
  return db
    .select(COLUMNS)
    .from(people)
    .where(before === undefined ? undefined : lt(people.id, before))
    .orderBy(desc(people.id))
    .limit(limit);
}

export async function findPerson(db: Database, personId: number): Promise<PersonRow | undefined> {
  const [row] = await db.select(COLUMNS).from(people).where(eq(people.id, personId));
  return row;
}

/** A person with the hash of their password; null while they have none. */
export type PersonWithHash = Person & { passwordHash: string | null };

export async function findPersonByEmail(db: Database, wanted: string): Promise<PersonWithHash | undefined> {
  const [row] = await db
    .select({ id, email, name, role, passwordHash })
    .from(people)
    .where(eq(people.email, wanted));
  return row;
}

export async function findPersonWithHash(
  db: Database,
  personId: number,
): Promise<PersonWithHash | undefined> {
  const [row] = await db
    .select({ id, email, name, role, passwordHash })
    .from(people)
    .where(eq(people.id, personId));
  return row;
}

/** The person as they were, with their row locked. */
export async function lockPerson(tx: Database, personId: number): Promise<PersonRow | undefined> {
  const [row] = await tx.select(COLUMNS).from(people).where(eq(people.id, personId)).for('no key update');
  return row;
}

/** The ids of the administrators. */
export async function listAdmins(db: Database): Promise<number[]> {
  const rows = await db.select({ id }).from(people).where(eq(people.role, 'admin'));
  return rows.map((row) => row.id);
}

export async function hasAdmin(db: Database): Promise<boolean> {
  const [row] = await db.select({ id }).from(people).where(eq(people.role, 'admin')).limit(1);
  return row !== undefined;
}

/** Whether another person has the email. */
export async function isTaken(db: Database, wanted: string, exceptId: number): Promise<boolean> {
  const [row] = await db
    .select({ id })
    .from(people)
    .where(and(eq(people.email, wanted), sql`${people.id} <> ${exceptId}`));
  return row !== undefined;
}

/** With another email they may be somebody else: their identity provider has to vouch for it anew. */
export async function updatePerson(tx: Database, personId: number, values: PersonInput): Promise<PersonRow> {
  const kept = (column: typeof people.oidcIssuer | typeof people.oidcSubject) =>
    sql<string | null>`case when ${email} = ${values.email} then ${column} end`;
  const [row] = await tx
    .update(people)
    .set({
      ...values,
      updatedAt: sql`now()`,
      revision: sql`${people.revision} + 1`,
      oidcIssuer: kept(people.oidcIssuer),
      oidcSubject: kept(people.oidcSubject),
    })
    .where(eq(people.id, personId))
    .returning(COLUMNS);
  return row!;
}

/** Their sessions and links go with them. */
export async function deletePerson(tx: Database, personId: number): Promise<void> {
  await tx.delete(people).where(eq(people.id, personId));
}

export async function setPassword(tx: Database, personId: number, hash: string): Promise<void> {
  await tx.update(people).set({ passwordHash: hash }).where(eq(people.id, personId));
}

export async function markSignedIn(tx: Database, personId: number): Promise<void> {
  await tx
    .update(people)
    .set({ signedInAt: sql`now()` })
    .where(eq(people.id, personId));
}

/** Whether the person is still there and has still this password. Their row is locked. */
export async function isUnchanged(
  tx: Database,
  { id: personId, passwordHash: hash }: Pick<PersonWithHash, 'id' | 'passwordHash'>,
): Promise<boolean> {
  const rows = await tx
    .select({ id })
    .from(people)
    .where(and(eq(people.id, personId), sql`${people.passwordHash} is not distinct from ${hash}`))
    .for('no key update');
  return rows.length > 0;
}

/** Lets nobody else change who there is until the transaction ends, and waits for whoever does. */
export async function lockPeople(tx: Database): Promise<void> {
  await rowsOf(tx, sql`lock table people in share row exclusive mode`);
}
