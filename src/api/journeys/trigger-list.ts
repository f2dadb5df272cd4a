import { acceptListTrigger, type ListTrigger, type ListTriggerRefusal } from '../../db/entries/list-trigger';
import { ApiError, badParams } from '../../domain/errors';
import type { AppDeps } from '../deps';
import { acceptOnce } from '../http/idempotency';
import { invalidList } from '../lists/routes';
import { MAX_INT } from '../../db/connection/ids';

/** Each entry keeps a copy, and a page makes some hundred of them. */
const MOST_BYTES = 65_536;

/**
 * Sends everyone who is on a list into a journey, in the background. Undefined when the journey takes no entries. Throws
 * Iterable's error where there is no such list, and `Conflict` while an earlier call for both is being worked off.
 */
export async function triggerList(
  { db, nudgeJobs }: AppDeps,
  trigger: ListTrigger,
): Promise<Record<string, unknown> | undefined> {
  const { listId, triggerData, idempotency } = trigger;
  if (listId < 1 || listId > MAX_INT) throw invalidList(listId);
  if (Buffer.byteLength(JSON.stringify(triggerData)) > MOST_BYTES) {
    throw badParams({
      dataFields: 'For a list they have at most 64 KiB: each entry keeps a copy. Send less.',
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
  const what = `List ${listId} is being sent into journey ${journeyId} already`;
  return open === undefined
    ? new ApiError('Conflict', `${what}. Send the request again.`)
    : new ApiError(
        'Conflict',
        `${what}, by job ${open}. GET /api/jobs/${open} says how far it is. Send the request again when it has ended.`,
        { jobId: open },
      );
}
