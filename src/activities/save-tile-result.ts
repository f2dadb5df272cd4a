import { closeAttempt, closeDelivery } from '../db/deliveries/close';
import type { AttemptKey, DeliveryContext } from '../db/deliveries/deliveries';
import { type EnqueueDeps, enqueuing, transact } from '../db/enqueue';
import { mergeEntryProfile } from '../db/entries/profile';
import type { Reason } from '../domain/entry';
import type { TileInput } from './claimant';
import { deliveryFailed } from './decide';
import { activityTime } from './failures';
import type { CloseResult } from './loaded-delivery';

/**
 * Closes an attempt of a tile with everything that follows from it. A captured profile is merged in the same
 * transaction. False as in `closeAttempt`.
 */
export async function saveTileResult(
  deps: EnqueueDeps,
  input: TileInput,
  context: DeliveryContext,
  attempt: AttemptKey,
  { result, end, captured }: CloseResult,
  at: number,
): Promise<boolean> {
  const { journeyId, test } = context;
  const subject = { ...input, journeyId, test };
  const liveData =
    captured?.kind === 'liveData' ? withLatest(context.liveData, captured.name, captured.values) : undefined;
  const tileResult = { ...result, refusedEarly: result.refusedEarly ?? false, liveData };
  if (captured?.kind !== 'profile') {
    return enqueuing(deps, (db) => closeAttempt(db, subject, attempt, tileResult, end, at));
  }
  return transact(deps, async (tx) => {
    await mergeEntryProfile(tx, input.entryId, captured.profile);
    return closeAttempt(tx, subject, attempt, tileResult, end, at);
  });
}

/** Closes a tile's delivery as failed where no attempt is open. False as in `closeAttempt`. */
export function closeFailedTile(
  deps: EnqueueDeps,
  input: TileInput,
  { journeyId, test }: DeliveryContext,
  reason: Reason,
  detail: string,
): Promise<boolean> {
  const end = deliveryFailed(input, reason, detail);
  return enqueuing(deps, (db) => closeDelivery(db, { ...input, journeyId, test }, end, activityTime()));
}

/** The latest tile comes last: templates can read its values without its name. */
function withLatest(
  liveData: Record<string, unknown> | null,
  name: string,
  values: Record<string, unknown>,
): Record<string, unknown> {
  const { [name]: _before, ...others } = liveData ?? {};
  return { ...others, [name]: values };
}
