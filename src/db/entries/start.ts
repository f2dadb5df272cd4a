import { sql } from 'drizzle-orm';
import { holds, type Roots } from '../../domain/journeys/conditions';
import { type EntrySource, triggerKeysOf, type EntryTrigger } from '../../domain/journeys/entry-source';
import type { Profile } from '../../domain/users/profile';
import { asJson, type Database, rowsOf } from '../connection/client';
import { HAND_OVER_MS, newEntryId } from './entries';
import { type JourneyWithLimits, ENTRY_LIMIT_COLUMNS, entryLimitsOf } from './entry-limits';
import type { OutboxItem, EventDeliveryItem } from '../outbox';
import { publishedDeliveries, entryEvent, publish, publishParticipant } from '../event-webhooks/publish';

/** A user whose row the transaction holds: nobody else starts an entry for them meanwhile. */
export interface LockedUser {
  id: number;
  email: string | null;
  userId: string | null;
  dataFields: Profile;
}

interface Candidate extends JourneyWithLimits {
  version: number;
  entry: EntrySource;
}

/**
 * Accepts an entry into every published journey that one of these occurrences begins, unless a limit keeps the user out.
 * All of it belongs to the caller's transaction; what it returns is offered to the dispatcher after the commit.
 */
export async function startMatchingJourneys(
  tx: Database,
  user: LockedUser,
  occurrences: EntryTrigger[],
  triggerData: Record<string, unknown>,
): Promise<OutboxItem[]> {
  const candidates = await candidatesFor(tx, occurrences.flatMap(triggerKeysOf));
  const { email, userId, dataFields } = user;
  const roots = { profile: { ...dataFields, email, userId }, trigger: triggerData, event: triggerData };
  const wanted = candidates.filter(({ entry }) => matches(entry, occurrences, roots));
  const limitOf = await entryLimitsOf(tx, [user.id], wanted);
  const allowed = wanted.filter(({ id }) => limitOf(user.id, id) === undefined);
  return insertEntries(
    tx,
    allowed.map(({ id, version }) => ({ userId: user.id, journeyId: id, version })),
    triggerData,
  );
}

/** What follows from a user who was just made: event webhooks are told, and the journeys for new users begin. */
export async function startForNewUser(tx: Database, user: LockedUser): Promise<OutboxItem[]> {
  const published = await publishParticipant(tx, 'participant.created', user.id);
  return [...published, ...(await startMatchingJourneys(tx, user, [{ kind: 'newUser' }], {}))];
}

async function candidatesFor(tx: Database, keys: string[]): Promise<Candidate[]> {
  if (keys.length === 0) return [];
  return rowsOf<Candidate>(
    tx,
    sql`
    select journeys.id, published_version as version, journey_versions.definition -> 'entry' as entry,
      ${ENTRY_LIMIT_COLUMNS}
    from journeys
    join journey_versions on journey_id = journeys.id and version = published_version
    where status = 'published' and entry_key in ${keys}
    order by journeys.id`,
  );
}

function matches(entry: EntrySource, occurrences: EntryTrigger[], roots: Roots): boolean {
  if (entry.source === 'event') return entry.where === undefined || holds(entry.where, roots);
  if (entry.source !== 'profileUpdate') return true;
  const created = occurrences.some(({ kind }) => kind === 'newUser');
  return !created || entry.alsoOnCreate === true;
}

/** An entry to be made. */
export interface NewEntry {
  /** Of the user's row. */
  userId: number;
  journeyId: number;
  version: number;
}

/**
 * Makes entries with the same trigger data, and what event webhooks are told of them; each with its place in the outbox.
 * A journey that takes no more entries is left out.
 */
export async function insertEntries(
  tx: Database,
  wanted: NewEntry[],
  triggerData: Record<string, unknown>,
): Promise<OutboxItem[]> {
  if (wanted.length === 0) return [];
  const rows = wanted.map((entry) => ({ ...entry, entryId: newEntryId() }));
  const mine = sql`accepted join users on users.id = accepted.user_id`;
  const [row] = await rowsOf<{ made: string[]; published: EventDeliveryItem[] }>(
    tx,
    sql`
    with accepted as (
      insert into entries (id, journey_id, version, user_id, status, trigger_data, workflow_id)
      select "entryId", "journeyId", version, "userId", 'accepted', data, "entryId"
      from json_to_recordset(${asJson(rows)})
          as wanted ("entryId" text, "journeyId" int, version int, "userId" bigint)
        join journeys on journeys.id = "journeyId" and journeys.status = 'published',
        (select ${asJson(triggerData)} as data) trigger
      for key share of journeys
      returning *
    ),
    queued as (
      insert into outbox (kind, ref, next_at)
      select 'entry', id, now() + ${`${HAND_OVER_MS} milliseconds`}::interval from accepted
    ),
    ${publish([entryEvent('journey.entered', sql`accepted`, mine, sql`now()`)])}
    select (select coalesce(json_agg(id), '[]') from accepted) as made, ${publishedDeliveries} as published`,
  );
  const made = new Set(row!.made);
  const entered = rows.filter(({ entryId }) => made.has(entryId));
  return [...entered.map(({ userId: _user, ...item }) => item), ...row!.published];
}
