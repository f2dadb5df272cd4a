import { acceptListTrigger, type ListTrigger } from '../../db/entries/list-trigger';
import { ApiError, badParams } from '../../domain/errors';
import { writeJson } from '../../domain/lossless-json';
import type { Database } from '../../db/connection/client';
import type { Author } from '../../domain/audit';
import { recorded } from '../audit/record';
import { invalidList } from '../users/refuse-invalid-list';
import { MAX_INT } from '../../db/connection/ids';

/** Each entry has a copy, and a page inserts hundreds of entries. */
const MOST_BYTES = 65_536;

/**
 * Sends all users of a list into a journey, in the background. Undefined when the journey takes no entries. Throws
 * Iterable's error when there is no such list, and `Conflict` while an earlier job for both is open.
 */
export async function triggerList(
  { db, author, nudgeJobs }: { db: Database; author: Author; nudgeJobs: () => void },
  trigger: ListTrigger,
): Promise<{ jobId: string } | undefined> {
  const { listId, triggerData } = trigger;
  if (listId < 1 || listId > MAX_INT) throw invalidList(listId);
  if (Buffer.byteLength(writeJson(triggerData)) > MOST_BYTES) {
    throw badParams({
      dataFields: 'For a list they have at most 64 KiB, because each entry has a copy. Send less.',
    });
  }
  const accepted = await recorded(
    { db, author },
    (tx) => acceptListTrigger(tx, trigger),
    (result) =>
      'jobId' in result
        ? { action: 'journey.triggerList', id: trigger.journeyId, after: { listId, jobId: result.jobId } }
        : undefined,
  );
  if ('jobId' in accepted) {
    nudgeJobs();
    return accepted;
  }
  if (accepted.refused === 'list') throw invalidList(listId);
  if (accepted.refused === 'underWay') throw underWay(trigger, accepted.open);
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
