import type { Database } from '../../db/connection/client';
import { insertJourney, type JourneyRow, lockJourney, updateJourney } from '../../db/journeys/journeys';
import type { Sealer } from '../../db/secrets/seal';
import { ApiError } from '../../domain/errors';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { refuseBrokenTemplates } from './template-faults';
import { dropUnusedSecrets, storeTileSecrets } from './tile-secrets';

interface Deps {
  db: Database;
  sealer: Sealer;
}

/** Creates a draft. Throws `BadParams` for a broken template, and `Conflict` when another journey has the id. */
export function createJourney(
  { db, sealer }: Deps,
  definition: JourneyDefinition,
  id?: number,
): Promise<JourneyRow> {
  refuseBrokenTemplates(definition.tiles);
  return db.transaction(async (tx) => {
    const { tiles, secrets } = await storeTileSecrets(tx, sealer, definition.tiles);
    const row = await insertJourney(tx, { definition: { ...definition, tiles }, secrets }, id);
    if (row !== undefined) return row;
    throw new ApiError('Conflict', `There is a journey ${id} already. Leave the id out, or choose another.`);
  });
}

/** Replaces the draft of a journey; undefined when there is none. Throws `Conflict` when it is archived. */
export function replaceDraft(
  { db, sealer }: Deps,
  id: number,
  draft: JourneyDefinition,
): Promise<JourneyRow | undefined> {
  refuseBrokenTemplates(draft.tiles);
  return db.transaction(async (tx) => {
    const current = await lockJourney(tx, id);
    if (current === undefined) return undefined;
    refuseArchived(current);
    const { tiles, secrets } = await storeTileSecrets(tx, sealer, draft.tiles, current);
    const definition = { ...draft, tiles };
    const row = await updateJourney(tx, id, { name: draft.name, definition, secrets });
    await dropUnusedSecrets(tx, current, secrets);
    return row;
  });
}

export function refuseArchived({ id, status }: JourneyRow): void {
  if (status !== 'archived') return;
  throw new ApiError('Conflict', `Journey ${id} is archived and cannot be changed. Create another.`);
}
