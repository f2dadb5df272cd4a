import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { findOpenJob, insertJob, newJobId } from '../jobs/jobs';

/** The kind of a job that sends the users of a list into a journey. */
export const LIST_TRIGGER = 'listTrigger';

/** What its pages need to know. */
export interface ListTriggerParameters extends Record<string, unknown> {
  journeyId: number;
  listId: number;
  triggerData: Record<string, unknown>;
}

export interface ListTrigger extends ListTriggerParameters {
  /** The job's id, under which it is accepted once; left out, a new one. */
  jobId?: string;
}

/** Why nothing was stored. `open` is the job that is under way for the journey and the list, unless it has just ended. */
export type ListTriggerRefusal =
  { refused: 'journey' | 'list' } | { refused: 'underWay'; open: string | undefined };

/**
 * Accepts a job that sends the users who are on a list now into a journey. Of a journey and a list one such job is open
 * at a time, however many calls come at once.
 */
export async function acceptListTrigger(
  db: Database,
  { jobId: id = newJobId(), journeyId, listId, triggerData }: ListTrigger,
): Promise<{ jobId: string } | ListTriggerRefusal> {
  return db.transaction(async (tx) => {
    const { takesEntries, size } = await readJourneyAndList(tx, journeyId, listId);
    if (!takesEntries) return { refused: 'journey' };
    if (size === null) return { refused: 'list' };
    const one = { kind: LIST_TRIGGER, subject: `${journeyId}/${listId}` };
    const about = { journeyId, listId };
    const parameters: ListTriggerParameters = { journeyId, listId, triggerData };
    if (!(await insertJob(tx, { id, ...one, about, parameters, total: size }))) {
      return { refused: 'underWay', open: await findOpenJob(tx, one.kind, one.subject) };
    }
    return { jobId: id };
  });
}

/** Whether the journey takes entries, and how many are on the list; null without a list. */
async function readJourneyAndList(
  tx: Database,
  journeyId: number,
  listId: number,
): Promise<{ takesEntries: boolean; size: number | null }> {
  const [row] = await rowsOf<{ takesEntries: boolean; size: number | null }>(
    tx,
    sql`
    select exists (select 1 from journeys where id = ${journeyId} and status = 'published') as "takesEntries",
      (select (select count(*) from list_users where list_id = lists.id) from lists where id = ${listId}) as size`,
  );
  return row!;
}
