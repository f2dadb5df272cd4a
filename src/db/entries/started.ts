import { sql } from 'drizzle-orm';
import type { Refusal } from '../../domain/entry';
import { asJson, asTime, type Database, rowsOf } from '../connection/client';
import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../enqueue';
import { entryEvent, participantCreated, publish, publishedDeliveries } from '../event-webhooks/publish';
import type { EventDeliveryItem } from '../outbox';
import { lockOrCreateUserSql } from '../users/lock';
import { readUsers } from '../users/read';
import { watchExitsSql } from '../users/watched';
import { type AllowedEntry, judgeEntries, shareJourney, supersede } from './enter';
import type { StartedByClient } from './entries';
import { insertEntriesSql } from './insert';
import { recordRefusals } from './refusals';
import { meetsWhere } from './where';

/**
 * Inserts an entry like `insertStartedEntry`, where limits and a condition need more than one statement. Refused is an
 * entry that they keep out; undefined when the journey takes no entries.
 */
export async function insertStartedEntryWithLimits(
  deps: EnqueueDeps,
  entry: StartedByClient,
): Promise<true | { refused: Refusal } | undefined> {
  return transact(deps, async (tx) => {
    const journey = await shareJourney(tx, entry.journeyId);
    if (journey === undefined) return undefined;
    const user = await lockUserOf(tx, entry);
    // The activity is repeated: whoever entered before is not judged again.
    if (user === undefined || (await exists(tx, entry))) return true;
    const { journeyId, version, triggerData } = entry;
    const [read] = journey.where === null ? [] : await readUsers(tx, [user]);
    if (read && !(await meetsWhere(tx, read, journey, triggerData, entry.at))) {
      await recordRefusals(tx, [{ userId: user, journeyId, reason: 'where' }]);
      return { refused: 'where' };
    }
    const { allowed, refused } = await judgeEntries(tx, [user], [{ ...journey, version }], triggerData);
    if (refused[0]) return { refused: refused[0].reason };
    const [begun] = allowed as [AllowedEntry];
    await insertRunning(tx, entry, begun);
    if (begun.restarts) await supersede(tx, [{ ...begun, entryId: entry.entryId }]);
    return true;
  });
}

/** The user, created if unknown; undefined where the entry exists. */
async function lockUserOf(
  tx: EnqueuingDatabase,
  { entryId, identity }: StartedByClient,
): Promise<number | undefined> {
  const [row] = await rowsOf<{ id: number; items: EventDeliveryItem[] }>(
    tx,
    sql`
    with requested as (select 1 where not exists (select 1 from entries where id = ${entryId})),
    ${lockOrCreateUserSql(identity)},
    ${publish([participantCreated])}
    select id, ${publishedDeliveries} as items from locked_user`,
  );
  tx.enqueued.push(...(row?.items ?? []));
  return row?.id;
}

async function exists(tx: Database, { entryId }: StartedByClient): Promise<boolean> {
  return (await rowsOf(tx, sql`select 1 from entries where id = ${entryId}`)).length > 0;
}

async function insertRunning(
  tx: EnqueuingDatabase,
  { entryId, workflowId, firstRunId, triggerData, at: ms }: StartedByClient,
  { userId, journeyId, version, reentryKey }: AllowedEntry,
): Promise<void> {
  const at = asTime(ms);
  const values = {
    id: sql`${entryId}`,
    journeyId: sql`${journeyId}::int`,
    version: sql`${version}::int`,
    userId: sql`${userId}::bigint`,
    reentryKey: sql`${reentryKey}`,
    triggerData: asJson(triggerData),
    run: { workflowId, firstRunId, at },
  };
  const users = sql`started join users on users.id = started.user_id`;
  const [row] = await rowsOf<{ items: EventDeliveryItem[] }>(
    tx,
    sql`
    with started as (${insertEntriesSql(values, sql`(select 1) entry`)}),
    watching as (${watchExitsSql(sql`started`)}),
    ${publish([entryEvent('journey.entered', sql`started`, users, at)])}
    select ${publishedDeliveries} as items`,
  );
  tx.enqueued.push(...row!.items);
}
