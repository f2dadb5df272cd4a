import { sql } from 'drizzle-orm';
import { holds, type Roots } from '../../domain/journeys/conditions';
import { type EntrySource, triggerKeysOf, type EntryTrigger } from '../../domain/journeys/entry-source';
import type { Profile } from '../../domain/users/profile';
import { asJson, type Database, rowsOf } from '../connection/client';
import { acceptEntriesSql, newEntryId } from './insert';
import { type JourneyWithLimits, ENTRY_LIMIT_COLUMNS, entryLimitsOf } from './entry-limits';
import type { EnqueuingDatabase } from '../enqueue';
import type { EventDeliveryItem } from '../outbox';
import { publishedDeliveries, publishParticipant } from '../event-webhooks/publish';

/** A user whose row the transaction has locked: no other transaction starts an entry for them meanwhile. */
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
 * Which journeys does an event start? Accepts an entry into every published journey that one of these occurrences
 * triggers, unless an entry limit keeps the user out, in the caller's transaction.
 */
export async function startMatchingJourneys(
  tx: EnqueuingDatabase,
  user: LockedUser,
  occurrences: EntryTrigger[],
  triggerData: Record<string, unknown>,
): Promise<void> {
  const candidates = await candidatesFor(tx, occurrences.flatMap(triggerKeysOf));
  const { email, userId, dataFields } = user;
  const roots = { profile: { ...dataFields, email, userId }, trigger: triggerData, event: triggerData };
  const matching = candidates.filter(({ entry }) => matches(entry, occurrences, roots));
  const limitOf = await entryLimitsOf(tx, [user.id], matching);
  const allowed = matching.filter(({ id }) => limitOf(user.id, id) === undefined);
  await insertEntries(
    tx,
    allowed.map(({ id, version }) => ({ userId: user.id, journeyId: id, version })),
    triggerData,
  );
}

/** Publishes that a user was created, and starts the journeys for new users. */
export async function startForNewUser(tx: EnqueuingDatabase, user: LockedUser): Promise<void> {
  await publishParticipant(tx, 'participant.created', user.id);
  await startMatchingJourneys(tx, user, [{ kind: 'newUser' }], {});
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

/** An entry to be inserted. */
export interface NewEntry {
  /** The id of the user's row. */
  userId: number;
  journeyId: number;
  version: number;
}

/**
 * Inserts entries with the same trigger data, enqueues them and publishes their events. A journey that takes no more
 * entries is left out. Returns the ids of the entries.
 */
export async function insertEntries(
  tx: EnqueuingDatabase,
  entries: NewEntry[],
  triggerData: Record<string, unknown>,
): Promise<string[]> {
  if (entries.length === 0) return [];
  const rows = entries.map((entry) => ({ ...entry, entryId: newEntryId() }));
  const values = {
    id: sql`"entryId"`,
    journeyId: sql`"journeyId"`,
    version: sql`version`,
    userId: sql`"userId"`,
    triggerData: sql`data`,
  };
  const from = sql`
        json_to_recordset(${asJson(rows)})
          as requested ("entryId" text, "journeyId" int, version int, "userId" bigint)
        join journeys on journeys.id = "journeyId" and journeys.status = 'published',
        (select ${asJson(triggerData)} as data) trigger
      for key share of journeys`;
  const [row] = await rowsOf<{ accepted: string[]; published: EventDeliveryItem[] }>(
    tx,
    sql`
    with ${acceptEntriesSql(values, from, { users: sql`users` })}
    select (select coalesce(json_agg(id), '[]') from accepted) as accepted, ${publishedDeliveries} as published`,
  );
  const accepted = new Set(row!.accepted);
  const items = rows.filter(({ entryId }) => accepted.has(entryId)).map(({ userId: _user, ...item }) => item);
  tx.enqueued.push(...items, ...row!.published);
  return items.map(({ entryId }) => entryId);
}
