import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';

/** Why a user may not enter a journey. */
export type EntryLimit = 'lifetimeLimit' | 'simultaneousLimit' | 'suppressed';

/** A journey whose limits are known. */
export interface JourneyWithLimits {
  id: number;
  lifetime: number | null;
  simultaneous: number | null;
  /** Whether it keeps out the users of a list. */
  suppressing: boolean;
}

/** SQL: what `entryLimitsOf` needs of a row of `journeys`. */
export const ENTRY_LIMIT_COLUMNS = sql`
  lifetime_limit as lifetime, simultaneous_limit as simultaneous, suppression_list_ids <> '{}' as suppressing`;

/** Why this user may not enter this journey; undefined if they may. */
export type EntryLimitOf = (userId: number, journeyId: number) => EntryLimit | undefined;

/** Which of these users may not enter which of these journeys now. Exact while the users' rows are locked. */
export async function entryLimitsOf(
  tx: Database,
  userIds: number[],
  journeys: JourneyWithLimits[],
): Promise<EntryLimitOf> {
  const suppressed = await suppressionsOf(tx, userIds, journeys);
  const counts = await countsOf(tx, userIds, journeys);
  const limits = new Map(journeys.map((journey) => [journey.id, journey]));
  return (userId, journeyId) => {
    const key = keyOf(userId, journeyId);
    if (suppressed.has(key)) return 'suppressed';
    const { lifetime, simultaneous } = limits.get(journeyId)!;
    const { ever, open } = counts.get(key) ?? { ever: 0, open: 0 };
    if (lifetime !== null && ever >= lifetime) return 'lifetimeLimit';
    return simultaneous !== null && open >= simultaneous ? 'simultaneousLimit' : undefined;
  };
}

interface Pair {
  userId: number;
  journeyId: number;
}

function keyOf(userId: number, journeyId: number): string {
  return `${userId}/${journeyId}`;
}

/** The pairs of a user and a journey with a suppression list that the user is on. */
async function suppressionsOf(
  tx: Database,
  userIds: number[],
  journeys: JourneyWithLimits[],
): Promise<Set<string>> {
  const ids = journeys.filter(({ suppressing }) => suppressing).map(({ id }) => id);
  if (ids.length === 0) return new Set();
  const rows = await rowsOf<Pair>(
    tx,
    sql`
    select distinct user_id as "userId", journeys.id as "journeyId"
    from journeys join list_users on list_id = any(suppression_list_ids)
    where user_id = any(${sql.param(userIds)}::bigint[]) and journeys.id in ${ids}`,
  );
  return new Set(rows.map(({ userId, journeyId }) => keyOf(userId, journeyId)));
}

/** How many entries each of these users has had in each journey with a limit, and how many are open. */
async function countsOf(
  tx: Database,
  userIds: number[],
  journeys: JourneyWithLimits[],
): Promise<Map<string, { ever: number; open: number }>> {
  const limited = journeys.filter(({ lifetime, simultaneous }) => (lifetime ?? simultaneous) !== null);
  const ids = limited.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const ofPairs = sql`user_id = any(${sql.param(userIds)}::bigint[]) and journey_id in ${ids}`;
  const rows = await rowsOf<Pair & { ever: number; open: number }>(
    tx,
    sql`
    select user_id as "userId", journey_id as "journeyId", sum(ever) as ever, sum(open) as open from (
      select user_id, journey_id, count(*) as ever, count(*) filter (where ended_at is null) as open
      from entries where ${ofPairs} group by user_id, journey_id
      union all
      select user_id, journey_id, count, 0 from past_entries where ${ofPairs}
    ) counted group by user_id, journey_id`,
  );
  return new Map(
    rows.map(({ userId, journeyId, ever, open }) => [
      keyOf(userId, journeyId),
      { ever: Number(ever), open: Number(open) },
    ]),
  );
}
