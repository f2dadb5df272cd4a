import type { PlannedTile } from '../../domain/journeys/plan';
import { housekeeping } from '../housekeeping';
import type { TileOutcome, Visit } from './visit';

/** Enters the user into another journey. This entry goes on, whether the user entered there or not. */
export async function sendToJourney(
  tile: PlannedTile & { kind: 'sendToJourney' },
  { maxRequests: _maxRequests, ...visit }: Visit,
): Promise<TileOutcome> {
  const { journeyId, next } = tile;
  const answer = await housekeeping.send({ ...visit, journeyId, then: next === null ? 'complete' : 'goOn' });
  if (answer.kind === 'superseded') return { superseded: true };
  if (answer.kind === 'ended') return { ended: answer.end };
  return next === null ? { ended: { status: 'completed' } } : { next };
}
