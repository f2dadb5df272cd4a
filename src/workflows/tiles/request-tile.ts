import { sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { DeliverInput, FinalAnswer } from '../../activities/contract';
import type { RequestTile, Way } from '../../domain/journeys/plan';
import { MAX_TOKEN_REFRESHES } from '../../domain/retry-policy';
import { deliver, refreshToken } from '../deliver';
import { expectCallback, waitForCallback } from './callback';
import type { Course, TileOutcome, Visit } from './visit';

/**
 * Calls the endpoint; after a 401 that a fresh token may fix, refreshes it and calls again (B066); while the send window
 * is closed, waits and calls again.
 */
export async function callEndpoint(
  tile: RequestTile,
  visit: Visit,
  { wakes, waitsFor }: Course,
): Promise<TileOutcome> {
  const { callback } = tile;
  const wake = callback && expectCallback(wakes, visit);
  let input = firstInput(tile, visit);
  for (;;) {
    waitsFor('request');
    const answer = await deliver(tile, input, waitsFor);
    if (answer.kind === 'awaiting' || answer.kind === 'calledBack') {
      // Without a callback, somebody made the answer by hand.
      return wake ? waitForCallback(callback!, visit, answer, { wake, waitsFor }) : { next: tile.next };
    }
    if (answer.kind !== 'unauthorized' && answer.kind !== 'closed') return outcomeOf(tile, answer);
    input = { ...input, counted: answer.counted };
    if (answer.kind === 'closed') {
      waitsFor('window', answer.opensInMs);
      await holdUntilOpen(visit, answer.opensInMs);
      continue;
    }
    const refreshed = await refreshToken(input, answer.token, waitsFor);
    if (refreshed.kind !== 'refreshed') return outcomeOf(tile, refreshed);
    input = { ...input, refreshesLeft: input.refreshesLeft - 1 };
  }
}

/** Waits until the send window opens. Then the call is judged anew: the user may have moved meanwhile. */
async function holdUntilOpen({ tileId }: Visit, opensInMs: number): Promise<void> {
  const opensAt = new Date(Date.now() + opensInMs).toISOString();
  upsertSearchAttributes({ WayhookTile: [tileId] });
  await sleep(opensInMs, { summary: `Tile ${tileId}: the send window opens at ${opensAt}` });
}

function firstInput(tile: RequestTile, visit: Visit): DeliverInput {
  return {
    ...visit,
    webhookId: tile.webhookId ?? null,
    counted: 0,
    refreshesLeft: MAX_TOKEN_REFRESHES,
    whenDelivered: tile.next === null ? 'complete' : 'goOn',
    whenFailed: tile.onFailure === undefined ? 'exit' : tile.onFailure === null ? 'complete' : 'goOn',
    ...(tile.callback && { callback: { on: tile.callback.on, ms: tile.callback.ms } }),
  };
}

function outcomeOf(tile: RequestTile, answer: FinalAnswer | { kind: 'skipped' }): TileOutcome {
  switch (answer.kind) {
    case 'superseded':
      return { superseded: true };
    case 'ended':
      return { ended: answer.end };
    case 'failed':
      return tile.onFailure === undefined ? { ended: answer.end } : goOn(tile.onFailure);
    case 'delivered':
    case 'skipped':
      return goOn(tile.next);
  }
}

/** At the end of the journey the tile's last activity has closed the entry. */
function goOn(next: Way): TileOutcome {
  return next === null ? { ended: { status: 'completed' } } : { next };
}
