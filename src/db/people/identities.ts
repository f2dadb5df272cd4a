import { and, eq, sql } from 'drizzle-orm';
import type { Identified } from '../../domain/people/identity';
import type { Database } from '../connection/client';
import { people } from '../schema';
import type { Person } from './people';

const { id, email, name, role, oidcIssuer, oidcSubject } = people;
const COLUMNS = { id, email, name, role, oidcIssuer };

/** A person, with the provider that knows them, if one does. */
export type PersonWithIssuer = Person & { oidcIssuer: string | null };

/** Whom the provider knows as this. Their row is locked. */
export async function lockIdentified(
  tx: Database,
  { issuer, subject }: Identified,
): Promise<PersonWithIssuer | undefined> {
  const [row] = await tx
    .select(COLUMNS)
    .from(people)
    .where(and(eq(oidcIssuer, issuer), eq(oidcSubject, subject)))
    .for('no key update');
  return row;
}

/** Their row is locked. */
export async function lockByEmail(tx: Database, wanted: string): Promise<PersonWithIssuer | undefined> {
  const [row] = await tx.select(COLUMNS).from(people).where(eq(email, wanted)).for('no key update');
  return row;
}

export async function identify(
  tx: Database,
  personId: number,
  { issuer, subject }: Identified,
): Promise<void> {
  const revision = sql`${people.revision} + 1`;
  await tx.update(people).set({ oidcIssuer: issuer, oidcSubject: subject, revision }).where(eq(id, personId));
}
