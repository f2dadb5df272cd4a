import { type Faults, pathText } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import { unknownListsAmong } from '../../db/lists/lists';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { listsOf } from '../../domain/journeys/lists';

/** The fields with an unknown list. The known lists cannot be deleted before the transaction ends. */
export async function listFaults(tx: Database, journey: JourneyDefinition): Promise<Faults> {
  const used = listsOf(journey);
  const ids = used.map(({ id }) => id);
  const unknown = new Set(await unknownListsAmong(tx, ids));
  return Object.fromEntries(
    used
      .filter(({ id }) => unknown.has(id))
      .map(({ path, id }) => [pathText(path), `There is no list ${id}. Create it, or choose another.`]),
  );
}
