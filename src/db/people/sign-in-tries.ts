import { createHash } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import { LOCK_MINUTES, MOST_TRIES } from '../../domain/people/session';
import { type Database, rowsOf } from '../connection/client';
import { signInTries } from '../schema';

/** What wrong passwords are counted by. */
export interface Tried {
  /** An email as it was typed, of an account or of none. */
  email: string;
  /** Where the request came from. */
  address: string;
}

/**
 * Counts a try before its password is looked at, so that many at once are not more than the limit. Returns for how many
 * seconds the address or the account is locked, 0 if neither is. A try that is refused makes no lock longer, and whoever
 * is locked out cannot lock accounts.
 */
export async function countTry(db: Database, tried: Tried): Promise<number> {
  const [email, address] = subjectsOf(tried);
  return (await count(db, address)) || (await count(db, email));
}

async function count(db: Database, subject: Buffer): Promise<number> {
  const [row] = await rowsOf<{ seconds: number }>(
    db,
    sql`
    insert into sign_in_tries as known (subject, count, until) values (${subject}::bytea, 1, ${LATER})
    on conflict (subject) do update set
      count = case when known.until < now() then 1 else least(known.count, ${MOST_TRIES}) + 1 end,
      until = case when known.until < now() or known.count < ${MOST_TRIES} then ${LATER} else known.until end
    returning case when count > ${MOST_TRIES} then ceil(extract(epoch from until - now()))::int else 0 end as seconds`,
  );
  return row!.seconds;
}

const LATER = sql`now() + ${`${LOCK_MINUTES} minutes`}::interval`;

/** Takes back a try whose password was right: the account begins anew, the address has one try less. */
export async function forgiveTry(tx: Database, tried: Tried): Promise<void> {
  const [, address] = subjectsOf(tried);
  await tx
    .update(signInTries)
    .set({ count: sql`greatest(${signInTries.count} - 1, 0)` })
    .where(eq(signInTries.subject, address));
  await unlockAccount(tx, tried.email);
}

export async function unlockAccount(tx: Database, email: string): Promise<void> {
  await tx.delete(signInTries).where(eq(signInTries.subject, subjectOf('email', email)));
}

export async function deleteOldTries(db: Database): Promise<void> {
  await db.delete(signInTries).where(lt(signInTries.until, sql`now()`));
}

function subjectsOf({ email, address }: Tried): [email: Buffer, address: Buffer] {
  return [subjectOf('email', email), subjectOf('address', address)];
}

function subjectOf(kind: string, text: string): Buffer {
  return createHash('sha256').update(`${kind} ${text}`).digest();
}
