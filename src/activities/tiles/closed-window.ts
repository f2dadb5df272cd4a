import type { DeliveryContext, DeliveryState } from '../../db/deliveries/deliveries';
import { closeDelivery } from '../../db/deliveries/close';
import { type EnqueueDeps, transact } from '../../db/enqueue';
import { closeEntry } from '../../db/entries/close';
import { holdStep, skipStep } from '../../db/entries/steps/steps';
import type { Way } from '../../domain/journeys/plan';
import type { EntryEnd } from '../../domain/entry';
import type { TileInput } from '../claimant';
import type { SendAnswer } from '../contract';
import { withRequestCount } from '../decide';
import type { ClosedWindow } from './send-window';

/** What a visit of a tile answers while its send window is closed. Nothing is sent, and no attempt is spent. */
export async function outsideWindow(
  deps: EnqueueDeps,
  input: TileInput,
  context: DeliveryContext,
  closed: ClosedWindow,
  now: number,
): Promise<SendAnswer> {
  if (closed.kind === 'skip') return skip(deps, input, context, closed.nextTile, now);
  const until = closed.opensAt;
  await holdStep(deps.db, input, { at: now, until, why: 'the send window is closed' });
  return { kind: 'closed', opensInMs: until - now, counted: context.delivery?.attemptsUsed ?? 0 };
}

/** Lets the user go on. The entry ends here if the tile is the last; so does a delivery that was to be retried. */
async function skip(
  deps: EnqueueDeps,
  input: TileInput,
  { journeyId, test, delivery }: DeliveryContext,
  nextTile: Way,
  now: number,
): Promise<SendAnswer> {
  const end: EntryEnd | undefined = input.whenDelivered === 'complete' ? { status: 'completed' } : undefined;
  await transact(deps, async (db) => {
    await skipStep(db, input, { at: now, way: 'skipped', why: 'the send window was closed', nextTile });
    if (delivery)
      await closeDelivery(db, { ...input, journeyId, test }, { ...unfinished(delivery), entry: end }, now);
    else if (end) await closeEntry(db, input, end, now);
  });
  return { kind: 'skipped' };
}

/** The end of a delivery that was tried, and is not tried again. */
function unfinished({ lastRetryReason, attemptsUsed }: DeliveryState) {
  const detail = 'The send window closed before a request succeeded.';
  // Without a reason, nobody saw the answer: a worker was lost.
  const reason = lastRetryReason ?? 'network';
  return { status: 'failed', reason, detail: withRequestCount(detail, Math.max(1, attemptsUsed)) } as const;
}
