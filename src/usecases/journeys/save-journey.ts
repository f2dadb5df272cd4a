import type { Database } from '../../db/connection/client';
import { insertJourney, type JourneyRow, lockJourney, updateJourney } from '../../db/journeys/journeys';
import type { Sealer } from '../../db/secrets/seal';
import { ApiError } from '../../domain/errors';
import type { Author } from '../../domain/audit';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { record } from '../audit/record';
import { journeyView } from '../audit/views';
import { refuseBrokenTemplates } from './template-faults';
import { dropUnusedSecrets, storeTileSecrets } from './tile-secrets';

interface Deps {
  db: Database;
  sealer: Sealer;
  author: Author;
}

/** Creates a draft. Throws `BadParams` for a broken template, and `Conflict` when another journey has the id. */
export async function createJourney(
  { db, sealer, author }: Deps,
  definition: JourneyDefinition,
  id?: number,
): Promise<JourneyRow> {
  await refuseBrokenTemplates(definition.tiles);
  return db.transaction(async (tx) => {
    const { tiles, secrets } = await storeTileSecrets(tx, sealer, definition.tiles);
    const draft = { definition: { ...definition, tiles }, secrets, creator: author.actor.name };
    const row = await insertJourney(tx, draft, id);
    if (row === undefined) {
      throw new ApiError(
        'Conflict',
        `There is a journey ${id} already. Leave the id out, or choose another.`,
      );
    }
    await record(tx, author, {
      action: 'journey.create',
      id: row.id,
      name: row.name,
      after: journeyView(row),
    });
    return row;
  });
}

/** Replaces the draft of a journey; undefined when there is none. Throws `Conflict` when it is archived. */
export async function replaceDraft(
  { db, sealer, author }: Deps,
  id: number,
  draft: JourneyDefinition,
): Promise<JourneyRow | undefined> {
  await refuseBrokenTemplates(draft.tiles);
  return db.transaction(async (tx) => {
    const current = await lockJourney(tx, id);
    if (current === undefined) return undefined;
    refuseArchived(current);
    const { tiles, secrets } = await storeTileSecrets(tx, sealer, draft.tiles, current);
    const definition = { ...draft, tiles };
    const row = await updateJourney(tx, id, { name: draft.name, definition, secrets });
    await dropUnusedSecrets(tx, current, secrets);
    const [before, after] = [current, row].map(journeyView);
    await record(tx, author, { action: 'journey.update', id, name: row.name, before, after });
    return row;
  });
}

export function refuseArchived({ id, status }: JourneyRow): void {
  if (status !== 'archived') return;
  throw new ApiError('Conflict', `Journey ${id} is archived and cannot be changed. Create another.`);
}
