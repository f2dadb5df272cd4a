import type { Database } from '../db/client';
import { unknownListsAmong } from '../db/lists';
import type { JourneyDefinition } from '../domain/journey';
import { badParams } from './errors';

/**
 * Throws `BadParams` naming each field with a list that there is not. The others cannot be deleted before the
 * transaction ends.
 */
export async function refuseUnknownLists(
  tx: Database,
  { entry, suppressionListIds }: JourneyDefinition,
): Promise<void> {
  const suppressing = suppressionListIds.map((id, index) => ({ path: `suppressionListIds[${index}]`, id }));
  const used = 'listId' in entry ? [{ path: 'entry.listId', id: entry.listId }, ...suppressing] : suppressing;
  const ids = used.map(({ id }) => id);
  const unknown = new Set(await unknownListsAmong(tx, ids));
  const faults = used
    .filter(({ id }) => unknown.has(id))
    .map(({ path, id }) => [path, `There is no list ${id}. Create it, or choose another.`]);
  if (faults.length > 0) throw badParams(Object.fromEntries(faults) as Record<string, string>);
}
