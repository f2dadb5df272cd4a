import type { Database } from '../../db/connection/client';
import {
  findJourney,
  freezeVersion,
  type JourneyRow,
  lockJourney,
  updateJourney,
} from '../../db/journeys/journeys';
import { ApiError, type Faults, refuse } from '../../domain/errors';
import type { EntrySource } from '../../domain/journeys/entry-source';
import { JourneyDefinition } from '../../domain/journeys/journey';
import { planOf } from '../../domain/journeys/plan';
import { timesOf } from '../../domain/journeys/schedule';
import { listFaults } from './list-faults';
import { areLimited, type RateLimitCheck, refuseUnenforced } from './rate-limit-faults';
import { refuseArchived } from './save-journey';
import { targetFaults } from './target-faults';
import { templateFaults } from './template-faults';
import { webhookFaults } from './webhook-faults';

/**
 * Freezes the draft of a journey as its next version, which takes entries from then on; undefined when there is no such
 * journey. Throws `BadParams` with everything that makes the draft unfit, and `Conflict` when it is archived.
 */
export async function publish(
  { db, rateLimits }: { db: Database; rateLimits: RateLimitCheck },
  id: number,
): Promise<JourneyRow | undefined> {
  const draft = await findJourney(db, id);
  if (draft === undefined) return undefined;
  await refuseUnenforced(rateLimits, draft.definition.tiles);
  return db.transaction(async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined) return undefined;
    refuseArchived(journey);
    // The draft may be older than a rule that was added since.
    const definition = JourneyDefinition.parse(journey.definition);
    if (areLimited(definition.tiles) && !areLimited(draft.definition.tiles)) {
      throw new ApiError('Conflict', 'The draft was given a rate limit meanwhile. Publish it again.');
    }
    await refuseFaults(tx, id, definition);
    return freezeVersion(tx, journey, definition, planOf(id, definition.tiles));
  });
}

/** Takes no more entries until it is published again; undefined when there is no such journey. */
export function unpublish(db: Database, id: number): Promise<JourneyRow | undefined> {
  return db.transaction(async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined) return undefined;
    refuseArchived(journey);
    if (journey.status === 'draft') return journey;
    return updateJourney(tx, id, { status: 'draft', publishedVersion: null });
  });
}

/** Takes no more entries for good. May be repeated; undefined when there is no such journey. */
export function archive(db: Database, id: number): Promise<JourneyRow | undefined> {
  return db.transaction(async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined || journey.status === 'archived') return journey;
    return updateJourney(tx, id, { status: 'archived', publishedVersion: null });
  });
}

/**
 * Throws `BadParams` with everything that keeps a journey from being published. The lists and webhooks that it uses stay
 * unchanged until the transaction ends.
 */
async function refuseFaults(tx: Database, journeyId: number, definition: JourneyDefinition): Promise<void> {
  refuse({
    ...timeFaults(definition.entry),
    ...(await listFaults(tx, definition)),
    ...templateFaults(definition.tiles),
    ...(await webhookFaults(tx, definition)),
    ...(await targetFaults(tx, journeyId, definition)),
  });
}

/** A schedule whose one time has passed would never run. */
function timeFaults(entry: EntrySource): Faults {
  if (entry.source !== 'schedule') return {};
  const times = timesOf(entry);
  if (!('moment' in times) || times.moment > Date.now()) return {};
  return { 'entry.at': `This time has passed in ${entry.timeZone}. Choose a later one.` };
}
