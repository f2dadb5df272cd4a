import type { PlannedTile } from '../../domain/journeys/plan';
import { waitAtDelay } from './delay';
import { callEndpoint } from './request-tile';
import { sendToJourney } from './send-to-journey';
import type { TileOutcome, Visit } from './visit';

/** Walks one tile. A new kind of tile is one more file beside this one, and one more case. */
export async function walkTile(tile: PlannedTile, visit: Visit): Promise<TileOutcome> {
  switch (tile.kind) {
    case 'webhook':
    case 'liveData':
    case 'userProfile':
      return callEndpoint(tile, visit);
    case 'delay':
      return waitAtDelay(tile, visit);
    case 'sendToJourney':
      return sendToJourney(tile, visit);
    case 'exit':
      return { next: null };
  }
}
