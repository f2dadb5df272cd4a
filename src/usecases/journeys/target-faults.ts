import { type Faults } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import { findTargets, type Target } from '../../db/journeys/journeys';
import { SENT_TO } from '../../domain/journeys/entry-source';
import type { JourneyDefinition } from '../../domain/journeys/journey';

/**
 * The tiles that send users to a journey which cannot take them. A journey that is not published yet is no fault, or
 * journeys that send users to each other could not be published. Nothing is locked, for the same reason: the tile checks
 * the journey again when a user reaches it.
 */
export async function targetFaults(
  tx: Database,
  journeyId: number,
  { entry, tiles }: JourneyDefinition,
): Promise<Faults> {
  const sending = tiles.flatMap((tile, index) =>
    tile.type === 'sendToJourney' ? [{ path: `tiles[${index}].journeyId`, id: tile.journeyId }] : [],
  );
  const ids = sending.map(({ id }) => id);
  const found = new Map((await findTargets(tx, ids)).map((target) => [target.id, target]));
  return Object.fromEntries(
    sending.flatMap(({ path, id }) => {
      const target = found.get(id);
      // A journey that sends users to itself is looked at as it is about to be.
      const fault = faultOf(id, id === journeyId && target ? { ...target, entry } : target);
      return fault === undefined ? [] : [[path, fault] as const];
    }),
  );
}

function faultOf(id: number, target: Target | undefined): string | undefined {
  if (target === undefined) return `There is no journey ${id}. Create it, or choose another.`;
  if (target.status === 'archived') return `Journey ${id} is archived and takes no users. Choose another.`;
  const { source } = target.entry;
  if (SENT_TO.includes(source)) return undefined;
  return (
    `Journey ${id} has the entry source “${source}”, and counts on what that brings. ` +
    `Users can be sent to journeys with one of these: ${SENT_TO.join(', ')}.`
  );
}
