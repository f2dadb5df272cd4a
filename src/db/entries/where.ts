import { type SQL, sql } from 'drizzle-orm';
import { holds, needsOf, type When } from '../../domain/journeys/conditions';
import { rootsOfEntering } from '../../domain/journeys/roots';
import { type Database, inMs } from '../connection/client';
import { loadFacts, loadFactsOfMany } from '../users/facts';
import { readUsers, type StoredUser } from '../users/read';

/** The condition of a journey's entry source. */
export interface MaybeConditional {
  /** Null where it has none. */
  where: When | null;
}

/** SQL of the condition of a row of `journeys`, by the published version. */
export const WHERE: SQL = sql`
        case when conditional then (
          select journey_versions.definition #> '{entry,where}' from journey_versions
          where journey_id = journeys.id and version = published_version) end`;

/** SQL of the time that it is, in ms since the epoch. */
export const NOW_MS = inMs(sql`now()`);

/** Whether the condition of an entry source, if there is one, lets a user in whose row the transaction has locked. */
export async function meetsWhere(
  tx: Database,
  user: StoredUser,
  { where }: MaybeConditional,
  triggerData: Record<string, unknown>,
  now: number,
): Promise<boolean> {
  if (where === null) return true;
  const facts = await loadFacts(tx, user.id, needsOf(where), now);
  return holds(where, rootsOfEntering(user, triggerData), facts);
}

/** Users whose profiles are in memory at a time. */
const CHUNK = 50;

/** Those of many users, whose rows the transaction has locked, that the condition lets in. */
export async function usersMeeting(
  tx: Database,
  ids: number[],
  { where }: MaybeConditional,
  triggerData: Record<string, unknown>,
  now: number,
): Promise<Set<number>> {
  if (where === null) return new Set(ids);
  const needs = needsOf(where);
  const meeting = new Set<number>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    const users = await readUsers(tx, ids.slice(from, from + CHUNK));
    const facts = await loadFactsOfMany(
      tx,
      users.map(({ id }) => id),
      needs,
      now,
    );
    for (const user of users) {
      if (holds(where, rootsOfEntering(user, triggerData), facts.get(user.id)!)) meeting.add(user.id);
    }
  }
  return meeting;
}
