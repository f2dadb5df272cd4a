import { sql } from 'drizzle-orm';
import { supersededDetail } from '../../domain/entry';
import { asJson, type Database, rowsOf } from '../connection/client';
import { sharedInTurn } from '../connection/queued-lock';
import type { EnqueuingDatabase } from '../enqueue';
import { publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import {
  ENTRY_LIMITS,
  entryKeyOf,
  entryLimitsOf,
  type Entering,
  type MaybeLimited,
  NO_KEY,
} from './entry-limits';
import { exitEntries } from './exits/exit';
import { acceptEntriesSql, newEntryId } from './insert';
import { recordRefusals, type Refused } from './refusals';
import { type MaybeConditional, NOW_MS, WHERE } from './where';

/** A journey that users are about to enter. */
export interface EnteredJourney extends MaybeLimited {
  version: number;
}

/** One whose condition is still to be judged, and the time that it is, in ms since the epoch. */
export interface EnterableJourney extends EnteredJourney, MaybeConditional {
  now: number;
}

/** SQL of its columns, of a row of `journeys`. */
export const ENTERABLE = sql`id, published_version as version, ${ENTRY_LIMITS}, ${WHERE} as "where", ${NOW_MS} as now`;

/** A journey that takes entries, which stays unchanged until the transaction ends. */
export async function shareJourney(tx: Database, id: number): Promise<EnterableJourney | undefined> {
  const [journey] = await rowsOf<EnterableJourney>(
    tx,
    sql`
    select ${ENTERABLE}
    from ${sharedInTurn('journeys', sql`select ${id}::int`)} shared join journeys using (id)
    where status = 'published' for share of journeys`,
  );
  return journey;
}

/** An entry to be inserted. */
export interface NewEntry {
  /** The id of the user's row. */
  userId: number;
  journeyId: number;
  version: number;
  reentryKey?: string;
  /** Set for a test run. */
  test?: true;
}

export interface BegunEntry extends Entering {
  entryId: string;
}

/**
 * Accepts an entry of each of these users into each of these journeys, with the same trigger data, unless its limits
 * keep them out; refusals are recorded. The transaction has locked the users' rows, so that limits are exact. A journey
 * that takes no more entries is left out.
 */
export async function enterJourneys(
  tx: EnqueuingDatabase,
  userIds: number[],
  journeys: EnteredJourney[],
  triggerData: Record<string, unknown>,
): Promise<{ begun: BegunEntry[]; refused: Refused[] }> {
  const { allowed, refused } = await judgeEntries(tx, userIds, journeys, triggerData);
  const begun = await insertEntries(tx, allowed, triggerData);
  const restarts = new Set(allowed.filter(({ restarts }) => restarts).map(nameOf));
  await supersede(
    tx,
    begun.filter((entry) => restarts.has(nameOf(entry))),
  );
  return { begun, refused };
}

function nameOf({ userId, journeyId }: Entering): string {
  return `${userId}/${journeyId}`;
}

/** An entry that limits allow. */
export interface AllowedEntry extends Entering {
  version: number;
  /** Whether open entries are to be superseded by it. */
  restarts: boolean;
}

/** Who may enter, and who may not, which is recorded. */
export async function judgeEntries(
  tx: EnqueuingDatabase,
  userIds: number[],
  journeys: EnteredJourney[],
  triggerData: Record<string, unknown>,
): Promise<{ allowed: AllowedEntry[]; refused: Refused[] }> {
  const entering = journeys.flatMap(({ id: journeyId, keyField, ...journey }) => {
    const reentryKey = entryKeyOf(journeyId, keyField, triggerData);
    return userIds.map((userId) => ({ ...journey, userId, journeyId, reentryKey }));
  });
  const limitOf = await entryLimitsOf(
    tx,
    entering.filter(({ limited }) => limited),
  );
  const refused = entering.flatMap(({ userId, journeyId, reentryKey }) => {
    const reason = limitOf({ userId, journeyId, reentryKey });
    return reason === undefined || reason === 'restart' ? [] : [{ userId, journeyId, reason }];
  });
  await recordRefusals(tx, refused);
  const allowed = entering.flatMap(({ limited: _limited, ...entry }) => {
    const limit = limitOf(entry);
    return limit === undefined || limit === 'restart' ? [{ ...entry, restarts: limit === 'restart' }] : [];
  });
  return { allowed, refused };
}

/**
 * Inserts entries with the same trigger data, enqueues them and publishes their events. A journey that takes no more
 * entries is left out. Returns the entries.
 */
export async function insertEntries(
  tx: EnqueuingDatabase,
  entries: NewEntry[],
  triggerData: Record<string, unknown>,
): Promise<BegunEntry[]> {
  if (entries.length === 0) return [];
  const rows = entries.map(({ userId, journeyId, version, reentryKey = NO_KEY, test }) => ({
    ...{ entryId: newEntryId(), userId, journeyId, version, reentryKey, test },
  }));
  const values = {
    id: sql`"entryId"`,
    journeyId: sql`"journeyId"`,
    version: sql`version`,
    userId: sql`"userId"`,
    reentryKey: sql`"reentryKey"`,
    triggerData: sql`data`,
    test: sql`coalesce(requested.test, false)`,
  };
  const from = sql`
        requested
        join ${sharedInTurn('journeys', sql`select distinct "journeyId" from requested order by 1`)} shared on shared.id = "journeyId"
        join journeys on journeys.id = shared.id and journeys.status = 'published',
        (select ${asJson(triggerData)} as data) trigger
      for share of journeys`;
  const [row] = await rowsOf<{ accepted: string[]; published: EventDeliveryItem[] }>(
    tx,
    sql`
    with requested as (
      select * from json_to_recordset(${asJson(rows)})
        as requested ("entryId" text, "journeyId" int, version int, "userId" bigint, "reentryKey" text, test boolean)
    ),
    ${acceptEntriesSql(values, from, { users: sql`users` })}
    select (select coalesce(json_agg(id), '[]') from accepted) as accepted, ${publishedDeliveries} as published`,
  );
  const accepted = new Set(row!.accepted);
  const begun = rows.filter(({ entryId }) => accepted.has(entryId));
  const items = begun.map(({ entryId, journeyId, version, test }) => ({
    ...{ entryId, journeyId, version },
    ...(test && { test }),
  }));
  tx.enqueued.push(...items, ...row!.published);
  return begun;
}

/**
 * Closes the other open entries of the user in the journey, of one with a key those with the same key: these entries
 * take their place.
 */
export async function supersede(tx: EnqueuingDatabase, begun: BegunEntry[]): Promise<void> {
  if (begun.length === 0) return;
  const open = await rowsOf<{ entryId: string; by: string }>(
    tx,
    sql`
    select entries.id as "entryId", "entryId" as by
    from json_to_recordset(${asJson(begun)})
      as begun ("entryId" text, "userId" bigint, "journeyId" int, "reentryKey" text)
    join journeys on journeys.id = "journeyId"
    join entries on user_id = "userId" and journey_id = "journeyId" and ended_at is null and entries.id <> "entryId"
      and not test and (reentry ->> 'key' is null or reentry_key = "reentryKey")`,
  );
  const leaving = open.map(({ entryId, by }) => ({ entryId, detail: supersededDetail(by) }));
  await exitEntries(tx, leaving, { status: 'cancelled', reason: 'superseded' });
}
