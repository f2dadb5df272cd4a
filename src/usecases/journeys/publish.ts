import type { Database } from '../../db/connection/client';
import {
  findJourney,
  freezeVersion,
  type JourneyRow,
  lockJourney,
  updateJourney,
} from '../../db/journeys/journeys';
import type { Action, Author } from '../../domain/audit';
import { ApiError, type Faults, refuse } from '../../domain/errors';
import type { EntrySource } from '../../domain/journeys/entry-source';
import { JourneyDefinition } from '../../domain/journeys/journey';
import { planOf } from '../../domain/journeys/plan';
import { timesOf } from '../../domain/journeys/timing/schedule';
import { record } from '../audit/record';
import { journeyView } from '../audit/views';
import { conditionFaults } from './condition-faults';
import { listFaults } from './list-faults';
import { type PublishWarning, publishWarnings } from './publish-warnings';
import { areLimited, type RateLimitCheck, refuseUnenforced } from './rate-limit-faults';
import { refuseArchived } from './save-journey';
import { targetFaults } from './target-faults';
import { templateFaults } from './template-faults';
import { webhookFaults } from './webhook-faults';

interface Deps {
  db: Database;
  author: Author;
}

interface CheckDeps {
  db: Database;
  rateLimits: RateLimitCheck;
}

/** The draft of a journey whose rate limits, if it has any, this Temporal enforces. */
export interface CheckedDraft {
  id: number;
  limited: boolean;
}

/** Checks a draft and publishes it; undefined when there is no such journey. */
export async function publish(deps: Deps & CheckDeps, id: number): Promise<JourneyRow | undefined> {
  const draft = await checkRateLimits(deps, id);
  return draft && publishDraft(deps, draft);
}

/** Asks Temporal about the rate limits of a draft. Not within a transaction, which would be open meanwhile. */
export async function checkRateLimits(
  { db, rateLimits }: CheckDeps,
  id: number,
): Promise<CheckedDraft | undefined> {
  const draft = await findJourney(db, id);
  if (draft === undefined) return undefined;
  await refuseUnenforced(rateLimits, draft.definition.tiles);
  return { id, limited: areLimited(draft.definition.tiles) };
}

/**
 * Freezes the draft of a journey as its next version, which takes entries from then on; undefined when there is no such
 * journey. Throws `BadParams` with everything that makes the draft unfit, and `Conflict` when it is archived.
 */
export function publishDraft(
  { db, author }: Deps,
  { id, limited }: CheckedDraft,
): Promise<JourneyRow | undefined> {
  return db.transaction(async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined) return undefined;
    const definition = await validDraft(tx, journey, limited);
    const published = await freezeVersion(
      tx,
      journey,
      definition,
      planOf(id, definition.tiles, definition.exitRules),
    );
    return recordStep(tx, author, 'journey.publish', journey, published);
  });
}

/**
 * The draft of a journey that the transaction has locked. Throws what `publishDraft` throws. `limited`: its rate limits
 * were found to be enforced.
 */
export async function validDraft(
  tx: Database,
  journey: JourneyRow,
  limited: boolean,
): Promise<JourneyDefinition> {
  refuseArchived(journey);
  // The draft may be older than a rule that was added since.
  const definition = JourneyDefinition.parse(journey.definition);
  if (areLimited(definition.tiles) && !limited) {
    throw new ApiError('Conflict', 'The draft was given a rate limit meanwhile. Send the request again.');
  }
  refuse({ ...timeFaults(definition.entry), ...(await draftFaults(tx, journey.id, definition)) });
  return definition;
}

/** Takes no more entries until it is published again; undefined when there is no such journey. */
export function unpublish({ db, author }: Deps, id: number): Promise<JourneyRow | undefined> {
  return db.transaction(async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined) return undefined;
    refuseArchived(journey);
    if (journey.status === 'draft') return journey;
    const draft = await updateJourney(tx, id, { status: 'draft', publishedVersion: null });
    return recordStep(tx, author, 'journey.unpublish', journey, draft);
  });
}

/** Takes no more entries for good. May be repeated; undefined when there is no such journey. */
export function archive({ db, author }: Deps, id: number): Promise<JourneyRow | undefined> {
  return db.transaction(async (tx) => {
    const journey = await lockJourney(tx, id);
    if (journey === undefined || journey.status === 'archived') return journey;
    const archived = await updateJourney(tx, id, { status: 'archived', publishedVersion: null });
    return recordStep(tx, author, 'journey.archive', journey, archived);
  });
}

/** Records which version takes entries now. Returns the journey as it is after that. */
async function recordStep(
  tx: Database,
  author: Author,
  action: Action,
  ...[before, after]: [JourneyRow, JourneyRow]
): Promise<JourneyRow> {
  const { id, name } = after;
  await record(tx, author, { action, id, name, before: journeyView(before), after: journeyView(after) });
  return after;
}

/**
 * Everything that keeps a journey from being published at any time. The lists and webhooks that it uses stay unchanged
 * until the transaction ends.
 */
export async function draftFaults(
  tx: Database,
  journeyId: number,
  definition: JourneyDefinition,
): Promise<Faults> {
  return {
    ...(await listFaults(tx, definition)),
    ...(await templateFaults(definition.tiles)),
    ...(await webhookFaults(tx, definition)),
    ...(await conditionFaults(tx, definition)),
    ...(await targetFaults(tx, journeyId, definition)),
  };
}

/** Looks at a draft as publishing it would, but for the rate limits. Throws `BadParams` with everything that makes it unfit. */
export async function checkDraft(
  db: Database,
  journeyId: number,
  definition: JourneyDefinition,
): Promise<PublishWarning[]> {
  refuse({
    ...timeFaults(definition.entry),
    ...(await db.transaction((tx) => draftFaults(tx, journeyId, definition))),
  });
  return publishWarnings(db, definition, Date.now());
}

/** A schedule whose one time has passed would never run. */
function timeFaults(entry: EntrySource): Faults {
  if (entry.source !== 'schedule') return {};
  const times = timesOf(entry);
  if (!('moment' in times) || times.moment > Date.now()) return {};
  return { 'entry.at': `This time has passed in ${entry.timeZone}. Choose a later one.` };
}
