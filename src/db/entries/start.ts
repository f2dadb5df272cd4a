import { sql } from 'drizzle-orm';
import { holds, needsOf } from '../../domain/journeys/conditions';
import { type EntrySource, triggerKeysOf, type EntryTrigger } from '../../domain/journeys/entry-source';
import { isMeantChange } from '../../domain/journeys/conditions/profile-change';
import { rootsOfEntering } from '../../domain/journeys/roots';
import { type Database, rowsOf } from '../connection/client';
import { type EnteredJourney, enterJourneys } from './enter';
import { ENTRY_LIMITS } from './entry-limits';
import { recordRefusals } from './refusals';
import type { EnqueuingDatabase } from '../enqueue';
import { publishParticipant } from '../event-webhooks/publish';
import { loadFacts } from '../users/facts';
import type { StoredUser } from '../users/read';
import { NOW_MS } from './where';

/** A user whose row the transaction has locked: no other transaction starts an entry for them meanwhile. */
export type LockedUser = StoredUser;

interface Candidate extends EnteredJourney {
  entry: EntrySource;
  /** The time that it is, in ms since the epoch. */
  now: number;
}

/**
 * Which journeys does an event start? Accepts an entry into every published journey that one of these occurrences
 * triggers, unless an entry limit keeps the user out, in the caller's transaction.
 */
export async function startMatchingJourneys(
  tx: EnqueuingDatabase,
  user: LockedUser,
  occurrences: EntryTrigger[],
  triggerData: Record<string, unknown>,
): Promise<void> {
  const candidates = await candidatesFor(tx, occurrences.flatMap(triggerKeysOf));
  const meant = candidates.filter(({ entry }) => isMeant(entry, occurrences, user));
  const matching = await thoseThatHold(tx, user, meant, triggerData);
  const others = meant.filter((candidate) => !matching.includes(candidate));
  await recordRefusals(
    tx,
    others.map(({ id }) => ({ userId: user.id, journeyId: id, reason: 'where' })),
  );
  await enterJourneys(tx, [user.id], matching, triggerData);
}

/** Publishes that a user was created, and starts the journeys for new users. */
export async function startForNewUser(tx: EnqueuingDatabase, user: LockedUser): Promise<void> {
  await publishParticipant(tx, 'participant.created', user.id);
  await startMatchingJourneys(tx, user, [{ kind: 'newUser' }], {});
}

async function candidatesFor(tx: Database, keys: string[]): Promise<Candidate[]> {
  if (keys.length === 0) return [];
  return rowsOf<Candidate>(
    tx,
    sql`
    select journeys.id, published_version as version, journey_versions.definition -> 'entry' as entry,
      ${ENTRY_LIMITS}, ${NOW_MS} as now
    from journeys
    join journey_versions on journey_id = journeys.id and version = published_version
    where status = 'published' and entry_key in ${keys}
    order by journeys.id`,
  );
}

/** Whether an update of the profile is one that the entry source means; everything else always is. */
function isMeant(entry: EntrySource, occurrences: EntryTrigger[], { dataFields }: LockedUser): boolean {
  if (entry.source !== 'profileUpdate') return true;
  if (occurrences.some(({ kind }) => kind === 'newUser') && entry.alsoOnCreate !== true) return false;
  const update = occurrences.find((occurrence) => occurrence.kind === 'profileUpdate');
  return isMeantChange(entry, update?.before ?? {}, dataFields);
}

/** Those whose condition holds, or that have none. */
async function thoseThatHold(
  tx: Database,
  user: LockedUser,
  candidates: Candidate[],
  triggerData: Record<string, unknown>,
): Promise<Candidate[]> {
  const conditions = candidates.flatMap(({ entry: { where } }) => where ?? []);
  if (conditions.length === 0) return candidates;
  const facts = await loadFacts(tx, user.id, needsOf(...conditions), candidates[0]!.now);
  const roots = rootsOfEntering(user, triggerData);
  return candidates.filter(({ entry: { where } }) => where === undefined || holds(where, roots, facts));
}
