import { type Faults } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import { unknownListsAmong } from '../../db/lists/lists';
import type { JourneyDefinition } from '../../domain/journeys/journey';

/** The fields with an unknown list. The known lists cannot be deleted before the transaction ends. */
export async function listFaults(
  tx: Database,
  { entry, suppressionListIds }: JourneyDefinition,
): Promise<Faults> {
  const suppressing = suppressionListIds.map((id, index) => ({ path: `suppressionListIds[${index}]`, id }));
  const used = 'listId' in entry ? [{ path: 'entry.listId', id: entry.listId }, ...suppressing] : suppressing;
  const ids = used.map(({ id }) => id);
  const unknown = new Set(await unknownListsAmong(tx, ids));
  return Object.fromEntries(
    used
      .filter(({ id }) => unknown.has(id))
      .map(({ path, id }) => [path, `There is no list ${id}. Create it, or choose another.`]),
  );
}
