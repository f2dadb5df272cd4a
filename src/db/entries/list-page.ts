import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { sharedInTurn } from '../connection/queued-lock';
import type { EnqueuingDatabase } from '../enqueue';
import type { LockedJob, PageResult } from '../jobs/jobs';
import { type EnterableJourney, ENTERABLE, enterJourneys } from './enter';
import type { ListTriggerParameters } from './list-trigger';
import { recordRefusals } from './refusals';
import { usersMeeting } from './where';

const PAGE_SIZE = 500;

/**
 * The next page of a job that starts entries for the users of a list, in the version that is published now. Users who
 * have left the list or were erased since the job was accepted do not enter; those whom a limit or the condition keeps
 * out are refused.
 * `failed` says why no more users can enter.
 */
export async function startListPage(
  tx: EnqueuingDatabase,
  job: LockedJob,
): Promise<PageResult | { failed: string }> {
  const { journeyId, listId, triggerData } = job.parameters as ListTriggerParameters;
  const { journey, hasList } = await readJourneyAndList(tx, journeyId, listId);
  if (!journey) return { failed: `Journey ${journeyId} takes no more entries: it is no longer published.` };
  if (!hasList) return { failed: `List ${listId} was deleted.` };
  const members = await nextMembers(tx, job, listId);
  const users = await lockMembers(tx, listId, members);
  const meeting = await usersMeeting(tx, users, journey, triggerData, journey.now);
  const others = users.flatMap((userId) =>
    meeting.has(userId) ? [] : [{ userId, journeyId, reason: 'where' as const }],
  );
  await recordRefusals(tx, others);
  const { refused } = await enterJourneys(tx, [...meeting], [journey], triggerData);
  return {
    cursor: members.at(-1) ?? job.cursor,
    done: members.length,
    refused: [...others, ...refused]
      .sort((one, other) => one.userId - other.userId)
      .map(({ userId, reason }) => ({ userId, reason })),
    ended: members.length < PAGE_SIZE,
  };
}

interface JourneyAndList {
  /** Null when it takes no entries. */
  journey: EnterableJourney | null;
  hasList: boolean;
}

async function readJourneyAndList(tx: Database, journeyId: number, listId: number): Promise<JourneyAndList> {
  const [row] = await rowsOf<JourneyAndList>(
    tx,
    sql`
    select exists (select 1 from lists where id = ${listId}) as "hasList",
      (select row_to_json(journey) from (
        select ${ENTERABLE}
        from ${sharedInTurn('journeys', sql`select ${journeyId}::int`)} shared join journeys using (id)
        where status = 'published' for share of journeys
      ) journey) as journey`,
  );
  return row!;
}

/** The next users after the cursor who were on the list when the job was accepted, in order of id. */
async function nextMembers(tx: Database, { id, cursor }: LockedJob, listId: number): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    tx,
    sql`
    select user_id as id from list_users
    where list_id = ${listId} and user_id > ${cursor ?? 0}::bigint
      and subscribed_at <= (select created_at from jobs where id = ${id})
    order by user_id limit ${PAGE_SIZE}`,
  );
  return rows.map((row) => row.id);
}

/**
 * Locks the rows of these users, in order of id like every transaction that locks several. Returns those who still exist
 * and are on the list: they stay on it until the transaction ends.
 */
async function lockMembers(tx: Database, listId: number, ids: number[]): Promise<number[]> {
  const users = sql.param(ids);
  await tx.execute(sql`
    select 1 from users where id = any(${users}::bigint[]) order by id for no key update`);
  const rows = await rowsOf<{ id: number }>(
    tx,
    sql`
    select user_id as id from list_users
    where list_id = ${listId} and user_id = any(${users}::bigint[]) order by user_id`,
  );
  return rows.map((row) => row.id);
}
