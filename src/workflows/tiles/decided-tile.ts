import type { PlannedTile } from '../../domain/journeys/plan';
import { decide } from '../housekeeping';
import type { Course, TileOutcome, Visit } from './visit';

/** The kinds of tiles that the activity `decide` walks, as many as follow each other. */
const DECIDED: PlannedTile['kind'][] = [
  'yesNoSplit',
  'attributeSplit',
  'abSplit',
  'updateProfile',
  'updateList',
  'trackEvent',
];

/** Asks which way the user goes, from this tile and from the decided tiles that follow it. */
export async function decideWay(
  { maxRequests: _maxRequests, ...at }: Visit,
  { plan, visits }: Course,
): Promise<TileOutcome> {
  const others = [...visits].filter(([id]) => id !== at.tileId && DECIDED.includes(plan.tiles[id]!.kind));
  const answer = await decide({ ...at, visits: others }, plan);
  switch (answer.kind) {
    case 'superseded':
      return { superseded: true };
    case 'ended':
      return { ended: answer.end };
    case 'decided':
      return { next: answer.next, walked: answer.walked };
  }
}
