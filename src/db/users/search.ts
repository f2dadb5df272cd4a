import { sql } from 'drizzle-orm';
import { foldedEmail } from '../../domain/users/email';
import { type Database, rowsOf } from '../connection/client';
import { foldedEmailSql } from './lock';

/** A user as a list shows them, without their profile. */
export interface FoundUser {
  id: number;
  email: string | null;
  userId: string | null;
  tags: string[];
  createdAt: Date;
  updatedAt: Date;
  /** The identifier that matched, as it is compared. */
  name: string;
}

/** The position of a user among those found. */
export interface UserPlace {
  name: string;
  id: number;
}

/** Sorts after every text that begins as another one does. */
const LAST = '\u{10ffff}';

const COLUMNS = sql`id, email, user_id as "userId", tags, created_at as "createdAt", updated_at as "updatedAt"`;

/** The users whose email or userId begins with a text, by that identifier. Emails are compared without case. */
export function searchUsers(
  db: Database,
  text: string,
  { after = { name: '', id: 0 }, limit }: { after?: UserPlace; limit: number },
): Promise<FoundUser[]> {
  const email = foldedEmailSql(sql`email`);
  const begins = (column: typeof email, prefix: string) =>
    sql`${column} >= ${prefix} and ${column} < ${prefix + LAST} and (${column}, id) > (${after.name}, ${after.id}::bigint)`;
  const userId = sql`user_id collate "C"`;
  const folded = foldedEmail(text);
  return found(
    db,
    sql`
    select * from (
      (select ${COLUMNS}, ${email} as name from users where ${begins(email, folded)}
       order by ${email}, id limit ${limit})
      union all
      (select ${COLUMNS}, ${userId} as name from users where ${begins(userId, text)}
       and (email is null or not (${email} >= ${folded} and ${email} < ${folded + LAST}))
       order by ${userId}, id limit ${limit})
    ) found order by name collate "C", id limit ${limit}`,
  );
}

/** All users, those who came last first: the ones before `before`. */
export function latestUsers(
  db: Database,
  { before, limit }: { before?: number; limit: number },
): Promise<FoundUser[]> {
  const earlier = before === undefined ? sql`` : sql`where id < ${before}::bigint`;
  return found(db, sql`select ${COLUMNS}, '' as name from users ${earlier} order by id desc limit ${limit}`);
}

async function found(db: Database, query: ReturnType<typeof sql>): Promise<FoundUser[]> {
  const rows = await rowsOf<FoundUser>(db, query);
  return rows.map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  }));
}
