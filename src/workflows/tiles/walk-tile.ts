import { sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { DeliverInput, FinalAnswer } from '../../activities/contract';
import type { EntryEnd } from '../../domain/entry';
import type { RequestTile, PlannedTile, Way } from '../../domain/journeys/plan';
import { deliver, housekeeping, refreshToken } from '../activities';

/** One coming of the entry to one tile. */
export interface Visit {
  entryId: string;
  firstRunId: string;
  tileId: string;
  visit: number;
  maxRequests: number;
}

/**
 * What a tile came to: the way to go on by; the end of the entry, whose row is closed already; or that the
 * entry is another run's, so that this one has nothing to do.
 */
export type TileOutcome = { next: Way } | { ended: EntryEnd } | { superseded: true };

type DelayTile = Extract<PlannedTile, { kind: 'delay' }>;
type SendTile = Extract<PlannedTile, { kind: 'sendToJourney' }>;

/** Walks one tile. A further kind of tile is one more function here, and one more case. */
export async function walkTile(tile: PlannedTile, visit: Visit): Promise<TileOutcome> {
  switch (tile.kind) {
    case 'webhook':
    case 'liveData':
    case 'userProfile':
      return requestTile(tile, visit);
    case 'delay':
      return delay(tile, visit);
    case 'sendToJourney':
      return handOff(tile, visit);
    case 'exit':
      return { next: null };
  }
}

/** Fresh tokens that one tile visit may ask for (B067). */
const TOKEN_REFRESHES = 3;

/** Calls the endpoint; on a 401 that a fresh token may mend, refreshes it and calls again (B066). */
async function requestTile(tile: RequestTile, visit: Visit): Promise<TileOutcome> {
  const input: DeliverInput = {
    ...visit,
    webhookId: tile.webhookId ?? null,
    counted: 0,
    refreshesLeft: TOKEN_REFRESHES,
    whenDelivered: tile.next === null ? 'complete' : 'goOn',
    whenFailed: tile.onFailure === undefined ? 'exit' : tile.onFailure === null ? 'complete' : 'goOn',
  };
  for (;;) {
    const answer = await deliver(tile, input);
    if (answer.kind !== 'unauthorized') return outcomeOf(tile, answer);
    input.counted = answer.counted;
    const refreshed = await refreshToken(input, answer.token);
    if (refreshed.kind !== 'refreshed') return outcomeOf(tile, refreshed);
    input.refreshesLeft -= 1;
  }
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

/** Holds the user for a fixed time. Where they are is noted first, for people and for the Web UI. */
async function delay(tile: DelayTile, { entryId, firstRunId, tileId }: Visit): Promise<TileOutcome> {
  const mine = await housekeeping.arrive({ entryId, firstRunId, tileId });
  if (!mine) return { superseded: true };
  upsertSearchAttributes({ WayhookTile: [tileId] });
  await sleep(tile.ms, { summary: tileId });
  return { next: tile.next };
}

/** Sends the user into another journey. Whether they entered there or not, they go on here. */
async function handOff(tile: SendTile, { maxRequests: _requests, ...visit }: Visit): Promise<TileOutcome> {
  const { journeyId } = tile;
  const answer = await housekeeping.send({
    ...visit,
    journeyId,
    then: tile.next === null ? 'complete' : 'goOn',
  });
  if (answer.kind === 'superseded') return { superseded: true };
  if (answer.kind === 'ended') return { ended: answer.end };
  return tile.next === null ? { ended: { status: 'completed' } } : { next: tile.next };
}
