import type { DeliverInput, FinalAnswer } from '../../activities/contract';
import type { RequestTile } from '../../domain/journeys/plan';
import { MAX_TOKEN_REFRESHES } from '../../domain/retry-policy';
import { deliver, refreshToken } from '../deliver';
import type { TileOutcome, Visit } from './visit';

/** Calls the endpoint; after a 401 that a fresh token may fix, refreshes it and calls again (B066). */
export async function callEndpoint(tile: RequestTile, visit: Visit): Promise<TileOutcome> {
  let input = firstInput(tile, visit);
  for (;;) {
    const answer = await deliver(tile, input);
    if (answer.kind !== 'unauthorized') return outcomeOf(tile, answer);
    input = { ...input, counted: answer.counted };
    const refreshed = await refreshToken(input, answer.token);
    if (refreshed.kind !== 'refreshed') return outcomeOf(tile, refreshed);
    input = { ...input, refreshesLeft: input.refreshesLeft - 1 };
  }
}

function firstInput(tile: RequestTile, visit: Visit): DeliverInput {
  return {
    ...visit,
    webhookId: tile.webhookId ?? null,
    counted: 0,
    refreshesLeft: MAX_TOKEN_REFRESHES,
    whenDelivered: tile.next === null ? 'complete' : 'goOn',
    whenFailed: tile.onFailure === undefined ? 'exit' : tile.onFailure === null ? 'complete' : 'goOn',
  };
}

function outcomeOf(tile: RequestTile, answer: FinalAnswer): TileOutcome {
  switch (answer.kind) {
    case 'superseded':
      return { superseded: true };
    case 'ended':
      return { ended: answer.end };
    case 'failed':
      return tile.onFailure ? { next: tile.onFailure } : { ended: answer.end };
    case 'delivered':
      return tile.next === null ? { ended: { status: 'completed' } } : { next: tile.next };
  }
}
