import type { PlannedTile } from '../../domain/journeys/plan';
import { housekeeping } from '../housekeeping';
import { decideWay } from './decided-tile';
import { waitAtDelay } from './delay';
import { callEndpoint } from './request-tile';
import { sendToJourney } from './send-to-journey';
import { waitUntil } from './until';
import type { Course, TileOutcome, Visit } from './visit';
import { waitForEvent } from './wait-for';

/** Walks one tile. A new kind of tile is one more file beside this one, and one more case. */
export async function walkTile(tile: PlannedTile, visit: Visit, course: Course): Promise<TileOutcome> {
  switch (tile.kind) {
    case 'webhook':
    case 'liveData':
    case 'userProfile':
      return callEndpoint(tile, visit, course);
    case 'delay':
      return waitAtDelay(tile, visit, course);
    case 'waitFor':
      return waitForEvent(tile, visit, course);
    case 'until':
      return waitUntil(tile, visit, course);
    case 'yesNoSplit':
    case 'attributeSplit':
    case 'abSplit':
    case 'updateProfile':
    case 'updateList':
    case 'trackEvent':
      return decideWay(visit, course);
    case 'sendToJourney':
      return sendToJourney(tile, visit);
    case 'exit':
      return tile.decided ? decideWay(visit, course) : { next: null };
    default:
      return waitForNewerWorker(tile, visit);
  }
}

/**
 * A tile of a newer version, during an upgrade: the workflow task fails, and is retried until a newer worker takes it.
 * A plan that somebody made up belongs to no entry.
 */
async function waitForNewerWorker(
  tile: never,
  { entryId, firstRunId, tileId, visit }: Visit,
): Promise<TileOutcome> {
  const claimed = await housekeeping.arrive({ entryId, firstRunId, tileId, visit, ms: 0 });
  if (claimed === false) return { superseded: true };
  if (claimed !== true) return { ended: claimed.end };
  const { kind } = tile as PlannedTile;
  throw new Error(`This worker is too old for tile ${tileId}, a ${kind}. Upgrade every worker.`);
}
