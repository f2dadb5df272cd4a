import { acceptListTrigger, type ListTrigger, type ListTriggerRefusal } from '../../db/entries/list-trigger';
import { ApiError, badParams } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import { acceptOnce } from '../accept-once';
import { invalidList } from '../users/refuse-invalid-list';
import { MAX_INT } from '../../db/connection/ids';

/** Each entry has a copy, and a page inserts hundreds of entries. */
const MOST_BYTES = 65_536;

/**
 * Sends all users of a list into a journey, in the background. Undefined when the journey takes no entries. Throws
 * Iterable's error when there is no such list, and `Conflict` while an earlier job for both is open.
 */
export async function triggerList(
  { db, nudgeJobs }: { db: Database; nudgeJobs: () => void },
  trigger: ListTrigger,
): Promise<Record<string, unknown> | undefined> {
  const { listId, triggerData, idempotency } = trigger;
  if (listId < 1 || listId > MAX_INT) throw invalidList(listId);
  if (Buffer.byteLength(JSON.stringify(triggerData)) > MOST_BYTES) {
    throw badParams({
      dataFields: 'For a list they have at most 64 KiB, because each entry has a copy. Send less.',
    });
  }
  let refusal: ListTriggerRefusal | undefined;
  const answer = await acceptOnce(db, idempotency, async () => {
    const accepted = await acceptListTrigger(db, trigger);
    if ('jobId' in accepted) return accepted;
    refusal = accepted;
    return undefined;
  });
  if (answer !== undefined) {
    nudgeJobs();
    return answer;
  }
  if (refusal?.refused === 'list') throw invalidList(listId);
  if (refusal?.refused === 'underWay') throw underWay(trigger, refusal.open);
  return undefined;
}

function underWay({ journeyId, listId }: ListTrigger, open: string | undefined): ApiError {
  const what = `List ${listId} is already being sent into journey ${journeyId}`;
  return open === undefined
    ? new ApiError('Conflict', `${what}. Send the request again.`)
    : new ApiError(
        'Conflict',
        `${what}, by job ${open}. GET /api/jobs/${open} says how far it is. Send the request again when it has ended.`,
        { jobId: open },
      );
}
