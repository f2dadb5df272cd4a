import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { LINK_DAYS } from '../../domain/people/session';
import { type Database, rowsOf } from '../connection/client';
import { invitations } from '../schema';
import { hashOfToken } from './tokens';

export interface Invitation {
  /** Null for the first administrator. */
  personId: number | null;
  expiresAt: Date;
}

const COLUMNS = { personId: invitations.personId, expiresAt: invitations.expiresAt };
const isValid = gt(invitations.expiresAt, sql`now()`);

/** Replaces the earlier link of the person, or of the first administrator. Returns when it expires. */
export async function insertInvitation(tx: Database, code: string, personId: number | null): Promise<Date> {
  const [row] = await rowsOf<{ expiresAt: string }>(
    tx,
    sql`
    insert into invitations (code_hash, person_id, expires_at)
    values (${hashOfToken(code)}::bytea, ${personId}::int, now() + ${`${LINK_DAYS} days`}::interval)
    on conflict (coalesce(person_id, 0)) do update
      set code_hash = excluded.code_hash, expires_at = excluded.expires_at
    returning expires_at as "expiresAt"`,
  );
  return new Date(row!.expiresAt);
}

/** Undefined when the code is unknown, used or expired. */
export async function findInvitation(db: Database, code: string): Promise<Invitation | undefined> {
  const [row] = await db
    .select(COLUMNS)
    .from(invitations)
    .where(and(eq(invitations.codeHash, hashOfToken(code)), isValid));
  return row;
}

/** Uses a link up: of two that try, one gets it. */
export async function takeInvitation(tx: Database, code: string): Promise<Invitation | undefined> {
  const [row] = await tx
    .delete(invitations)
    .where(and(eq(invitations.codeHash, hashOfToken(code)), isValid))
    .returning(COLUMNS);
  return row;
}

export async function deleteExpiredInvitations(db: Database): Promise<void> {
  await db.delete(invitations).where(lt(invitations.expiresAt, sql`now()`));
}
