import { and, desc, eq, lt, or, sql } from 'drizzle-orm';
import { IDLE_HOURS, SESSION_DAYS } from '../../domain/people/session';
import type { Database } from '../connection/client';
import { people, sessions } from '../schema';
import type { Person } from './people';
import { hashOfToken } from './tokens';

/** From where somebody signs in. */
export interface Origin {
  address: string;
  userAgent: string | undefined;
}

export interface Session {
  id: number;
  person: Person;
}

/** A session as it is listed. */
export interface SessionRow extends Session {
  createdAt: Date;
  usedAt: Date;
  address: string;
  userAgent: string | null;
}

const LONGEST_USER_AGENT = 200;

const hasEnded = or(
  lt(sessions.usedAt, sql`now() - ${`${IDLE_HOURS} hours`}::interval`),
  lt(sessions.createdAt, sql`now() - ${`${SESSION_DAYS} days`}::interval`),
)!;
const PERSON = { id: people.id, email: people.email, name: people.name, role: people.role };

export async function insertSession(
  tx: Database,
  token: string,
  personId: number,
  { address, userAgent }: Origin,
): Promise<number> {
  const values = { personId, address, userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) };
  const [row] = await tx
    .insert(sessions)
    .values({ ...values, tokenHash: hashOfToken(token) })
    .returning({ id: sessions.id });
  return row!.id;
}

/** The session of a cookie, with the person as they are now; undefined when it has ended. */
export async function useSession(db: Database, token: string): Promise<Session | undefined> {
  const [row] = await db
    .select({
      id: sessions.id,
      person: PERSON,
      // Written once a minute, not at each request.
      stale: sql<boolean>`${sessions.usedAt} < now() - interval '1 minute'`,
    })
    .from(sessions)
    .innerJoin(people, eq(people.id, sessions.personId))
    .where(and(eq(sessions.tokenHash, hashOfToken(token)), sql`not (${hasEnded})`));
  if (row === undefined) return undefined;
  const { stale, ...session } = row;
  if (stale) {
    await db
      .update(sessions)
      .set({ usedAt: sql`now()` })
      .where(eq(sessions.id, session.id));
  }
  return session;
}

/** Of one person, or of all; newest first, without those that have ended. */
export function listSessions(
  db: Database,
  personId: number | undefined,
  { before, limit }: { before?: number; limit: number },
): Promise<SessionRow[]> {
  const { id, createdAt, usedAt, address, userAgent } = sessions;
  return db
    .select({ id, createdAt, usedAt, address, userAgent, person: PERSON })
    .from(sessions)
    .innerJoin(people, eq(people.id, sessions.personId))
    .where(
      and(
        sql`not (${hasEnded})`,
        personId === undefined ? undefined : eq(sessions.personId, personId),
        before === undefined ? undefined : lt(sessions.id, before),
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(limit);
}

/** Undefined when there is none, or it is of another person than the one asked for. */
export async function deleteSession(
  tx: Database,
  id: number,
  personId: number | undefined,
): Promise<{ personName: string } | undefined> {
  const [row] = await tx
    .delete(sessions)
    .where(and(eq(sessions.id, id), personId === undefined ? undefined : eq(sessions.personId, personId)))
    .returning({ personName: sql<string>`(select name from people where id = ${sessions.personId})` });
  return row;
}

export async function deleteSessionsOf(tx: Database, personId: number): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.personId, personId));
}

export async function deleteEndedSessions(db: Database): Promise<void> {
  await db.delete(sessions).where(hasEnded);
}
