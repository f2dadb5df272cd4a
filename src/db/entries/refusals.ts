import { and, desc, eq, sql } from 'drizzle-orm';
import type { Refusal } from '../../domain/entry';
import { asJson, asTime, type Database } from '../connection/client';
import { entryRefusals, users } from '../schema';
import { emailIs } from '../users/lock';

/* Whom journeys did not let in, and why: of each user, journey and reason one row, however often it happened. */

export interface Refused {
  /** The id of the user's row. */
  userId: number;
  journeyId: number;
  reason: Refusal;
}

/** SQL behind an insert into `entry_refusals`: what was refused before is counted. */
export const COUNT_REFUSAL = sql`
      on conflict (user_id, journey_id, reason) do update set
        count = entry_refusals.count + excluded.count, at = excluded.at`;

/** Records who was not let in. The transaction has locked the users' rows. */
export async function recordRefusals(tx: Database, refused: Refused[]): Promise<void> {
  if (refused.length === 0) return;
  await tx.execute(sql`
    insert into entry_refusals (user_id, journey_id, reason, count)
    select "userId", "journeyId", reason, count(*)
    from json_to_recordset(${asJson(refused)}) as refused ("userId" bigint, "journeyId" int, reason text)
    group by 1, 2, 3 order by 1, 2, 3
    ${COUNT_REFUSAL}`);
}

export interface RefusalView {
  /** The id of the user's row. */
  user: number;
  email: string | null;
  userId: string | null;
  reason: Refusal;
  count: number;
  firstAt: Date;
  at: Date;
}

export interface RefusalFilter {
  email?: string;
  userId?: string;
  reason?: Refusal;
}

/** Where a page of refusals ends: of two at one time, the later user's is first. */
export interface RefusalPlace {
  /** Milliseconds since the epoch. */
  at: number;
  user: number;
  reason: Refusal;
}

/** Whom a journey refused, the latest first: those behind `after`. */
export function listRefusals(
  db: Database,
  journeyId: number,
  { email, userId, reason }: RefusalFilter,
  { after, limit }: { after?: RefusalPlace; limit: number },
): Promise<RefusalView[]> {
  return db
    .select({
      user: entryRefusals.userId,
      email: users.email,
      userId: users.userId,
      reason: entryRefusals.reason,
      count: entryRefusals.count,
      firstAt: entryRefusals.firstAt,
      at: entryRefusals.at,
    })
    .from(entryRefusals)
    .innerJoin(users, eq(users.id, entryRefusals.userId))
    .where(
      and(
        eq(entryRefusals.journeyId, journeyId),
        email === undefined ? undefined : emailIs(email),
        userId === undefined ? undefined : eq(users.userId, userId),
        reason === undefined ? undefined : eq(entryRefusals.reason, reason),
        after &&
          sql`(${entryRefusals.at}, ${entryRefusals.userId}, ${entryRefusals.reason})
            < (${asTime(after.at)}, ${after.user}::bigint, ${after.reason})`,
      ),
    )
    .orderBy(desc(entryRefusals.at), desc(entryRefusals.userId), desc(entryRefusals.reason))
    .limit(limit);
}
