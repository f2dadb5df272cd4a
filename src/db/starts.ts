import { sql } from 'drizzle-orm';
import { holds, type Roots } from '../domain/conditions';
import { type EntrySource, keysOf, type Occurrence } from '../domain/entry-source';
import type { Profile } from '../domain/profile';
import { asJson, type Database, rowsOf } from './client';
import { HAND_OVER_MS, newEntryId } from './entries';
import type { Waiting, WaitingEvent } from './outbox';
import { deliveriesTold, entryTold, tell, tellParticipant } from './webhookEvents';

/** A user whose row the transaction holds: nobody else starts an entry for them meanwhile. */
export interface HeldUser {
  id: number;
  email: string | null;
  userId: string | null;
  dataFields: Profile;
}

/** What keeps a user out of a journey. */
export type Limit = 'lifetimeLimit' | 'simultaneousLimit' | 'suppressed';

interface Candidate {
  id: number;
  version: number;
  entry: EntrySource;
  lifetime: number | null;
  simultaneous: number | null;
  /** Whether it keeps out the users of a list. */
  suppressing: boolean;
}

/** SQL: what `limitsOf` has to know of a row of `journeys`. */
export const LIMITS = sql`
  lifetime_limit as lifetime, simultaneous_limit as simultaneous, suppression_list_ids <> '{}' as suppressing`;

/**
 * Accepts an entry into every published journey that one of these occurrences begins, unless a limit keeps the user out.
 * All of it belongs to the caller's transaction; what it returns is offered to the dispatcher after the commit.
 */
export async function startJourneys(
  tx: Database,
  user: HeldUser,
  occurrences: Occurrence[],
  triggerData: Record<string, unknown>,
): Promise<Waiting[]> {
  const candidates = await candidatesFor(tx, occurrences.flatMap(keysOf));
  const { email, userId, dataFields } = user;
  const roots = { profile: { ...dataFields, email, userId }, trigger: triggerData, event: triggerData };
  const wanted = candidates.filter(({ entry }) => begins(entry, occurrences, roots));
  const kept = await limitsOf(tx, user, wanted);
  return insertEntries(
    tx,
    user,
    wanted.filter(({ id }) => !kept.has(id)),
    triggerData,
  );
}

/** What follows from a user who was just made: event webhooks are told, and the journeys for new users begin. */
export async function startWithUser(tx: Database, user: HeldUser): Promise<Waiting[]> {
  const told = await tellParticipant(tx, 'participant.created', user.id);
  return [...told, ...(await startJourneys(tx, user, [{ kind: 'newUser' }], {}))];
}

async function candidatesFor(tx: Database, keys: string[]): Promise<Candidate[]> {
  if (keys.length === 0) return [];
  return rowsOf<Candidate>(
    tx,
    sql`
    select journeys.id, published_version as version, journey_versions.definition -> 'entry' as entry,
      ${LIMITS}
    from journeys
    join journey_versions on journey_id = journeys.id and version = published_version
    where status = 'published' and entry_key in ${keys}
    order by journeys.id`,
  );
}

function begins(entry: EntrySource, occurrences: Occurrence[], roots: Roots): boolean {
  if (entry.source === 'event') return entry.where === undefined || holds(entry.where, roots);
  if (entry.source !== 'profileUpdate') return true;
  const created = occurrences.some(({ kind }) => kind === 'newUser');
  return !created || entry.alsoOnCreate === true;
}

/** A journey whose limits are known, and which of them keeps a user out. */
export type Limited = Pick<Candidate, 'id' | 'lifetime' | 'simultaneous' | 'suppressing'>;

/** Which of these journeys the user may not enter now, and why. Exact while the user's row is held. */
export async function limitsOf(
  tx: Database,
  user: Pick<HeldUser, 'id'>,
  journeys: Limited[],
): Promise<Map<number, Limit>> {
  const kept = await suppressionsOf(tx, user, journeys);
  const limited = journeys.filter(
    ({ id, lifetime, simultaneous }) => !kept.has(id) && (lifetime ?? simultaneous) !== null,
  );
  if (limited.length === 0) return kept;
  const rows = await rowsOf<{ id: number; ever: number; open: number }>(
    tx,
    sql`
    select journey_id as id, sum(ever) as ever, sum(open) as open from (
      select journey_id, count(*) as ever, count(*) filter (where ended_at is null) as open
      from entries where user_id = ${user.id} and journey_id in ${limited.map(({ id }) => id)} group by journey_id
      union all
      select journey_id, count, 0 from past_entries
      where user_id = ${user.id} and journey_id in ${limited.map(({ id }) => id)}
    ) counted group by journey_id`,
  );
  const counts = new Map(rows.map(({ id, ever, open }) => [id, { ever: Number(ever), open: Number(open) }]));
  for (const { id, lifetime, simultaneous } of limited) {
    const { ever, open } = counts.get(id) ?? { ever: 0, open: 0 };
    if (lifetime !== null && ever >= lifetime) kept.set(id, 'lifetimeLimit');
    else if (simultaneous !== null && open >= simultaneous) kept.set(id, 'simultaneousLimit');
  }
  return kept;
}

/** The journeys whose suppression lists the user is on. */
async function suppressionsOf(
  tx: Database,
  user: Pick<HeldUser, 'id'>,
  journeys: Limited[],
): Promise<Map<number, Limit>> {
  const ids = journeys.filter(({ suppressing }) => suppressing).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await rowsOf<{ id: number }>(
    tx,
    sql`
    select distinct journeys.id from journeys join list_users on list_id = any(suppression_list_ids)
    where user_id = ${user.id} and journeys.id in ${ids}`,
  );
  return new Map(rows.map(({ id }) => [id, 'suppressed']));
}

/** Entries of one user into these journeys, and what event webhooks are told of them; each with its place in the outbox. */
export async function insertEntries(
  tx: Database,
  user: Pick<HeldUser, 'id'>,
  journeys: { id: number; version: number }[],
  triggerData: Record<string, unknown>,
): Promise<Waiting[]> {
  if (journeys.length === 0) return [];
  const waiting = journeys.map(({ id, version }) => ({ entryId: newEntryId(), journeyId: id, version }));
  const rows = waiting.map(
    ({ entryId, journeyId, version }) =>
      sql`(${entryId}, ${journeyId}::int, ${version}::int, ${user.id}::bigint, 'accepted', ${asJson(triggerData)}, ${entryId})`,
  );
  const mine = sql`accepted join users on users.id = accepted.user_id`;
  const [row] = await rowsOf<{ told: WaitingEvent[] }>(
    tx,
    sql`
    with accepted as (
      insert into entries (id, journey_id, version, user_id, status, trigger_data, workflow_id)
      values ${sql.join(rows, sql`, `)} returning *
    ),
    queued as (
      insert into outbox (kind, ref, next_at)
      select 'entry', id, now() + ${`${HAND_OVER_MS} milliseconds`}::interval from accepted
    ),
    ${tell([entryTold('journey.entered', sql`accepted`, mine, sql`now()`)])}
    select ${deliveriesTold} as told`,
  );
  return [...waiting, ...row!.told];
}
