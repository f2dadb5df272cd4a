import { type Faults, refuse } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import type { EntrySource } from '../../domain/journeys/entry-source';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { timesOf } from '../../domain/journeys/schedule';
import { listFaults } from './list-faults';
import { targetFaults } from './target-faults';
import { webhookFaults } from './webhook-faults';
import { templateFaults } from './template-faults';

/**
 * Throws `BadParams` naming all at once that keeps a journey from being published. The lists and webhooks that it needs
 * stay what they are until the transaction ends.
 */
export async function refuseFaults(
  tx: Database,
  journeyId: number,
  definition: JourneyDefinition,
): Promise<void> {
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
