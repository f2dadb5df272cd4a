import { leavesOfJourney } from './condition-places';
import type { PlacedLeaf } from './conditions';
import type { JourneyDefinition } from './journey';

/** A list that a journey uses, and the field that names it. */
export interface UsedList {
  path: PlacedLeaf['path'];
  id: number;
}

/** Every list that a journey uses. None may be deleted while the journey is published. */
export function listsOf(journey: JourneyDefinition): UsedList[] {
  const { entry, exitRules = [], suppressionListIds } = journey;
  const begins = 'listId' in entry ? [{ path: ['entry', 'listId'], id: entry.listId }] : [];
  const suppressing = suppressionListIds.map((id, index) => ({ path: ['suppressionListIds', index], id }));
  const updated = journey.tiles.flatMap((tile, index) =>
    tile.type === 'updateList' ? [{ path: ['tiles', index, 'listId'], id: tile.listId }] : [],
  );
  const exits = exitRules.flatMap(({ listId: id }, index) =>
    id === undefined ? [] : [{ path: ['exitRules', index, 'listId'], id }],
  );
  return [...begins, ...suppressing, ...exits, ...updated, ...listsAsked(journey)];
}

/** Those that matter to users who are under way: not how they enter. */
export function listsOnTheWay(journey: JourneyDefinition): UsedList[] {
  return listsOf({ ...journey, entry: { source: 'api' }, suppressionListIds: [] });
}

/** The lists that conditions ask for. */
function listsAsked(journey: JourneyDefinition): UsedList[] {
  return leavesOfJourney(journey).flatMap(({ leaf, path }) =>
    'list' in leaf ? [{ path: [...path, 'list'], id: leaf.list }] : [],
  );
}
