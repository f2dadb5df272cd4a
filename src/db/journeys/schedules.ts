import { createHash } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { Schedule } from '../../domain/journeys/entry-source';
import { timeOfRun } from '../../domain/journeys/timing/schedule';
import { type Database, inMs, rowsOf } from '../connection/client';
import { stampOf } from '../connection/ids';
import { hasJob } from '../jobs/jobs';
import { acceptListTrigger } from '../entries/list-trigger';

/** A published journey with a schedule. */
export interface ScheduledJourney {
  journeyId: number;
  version: number;
  schedule: Schedule;
  /** ms since the epoch */
  publishedAt: number;
}

/** Every published journey that has a schedule. */
export function listScheduledJourneys(db: Database): Promise<ScheduledJourney[]> {
  return rowsOf(db, scheduledJourneys(sql`true`));
}

function scheduledJourneys(which: SQL): SQL {
  return sql`
    select journeys.id as "journeyId", version, frozen.definition -> 'entry' as schedule,
      ${inMs(sql`published_at`)} as "publishedAt"
    from journeys join journey_versions frozen on journey_id = journeys.id and version = published_version
    where status = 'published' and entry_key like 'schedule/%' and ${which}`;
}

/** One time of a journey's schedule. */
export interface ScheduledRun {
  journeyId: number;
  /** The version whose schedule it is of. */
  version: number;
  /** ms since the epoch */
  scheduledAt: number;
}

/**
 * `underWay`: the job of an earlier time or call is still open. `outdated`: the journey is no longer published, or in
 * another version, whose own schedule counts.
 */
export type RunOutcome =
  { kind: 'begun'; jobId: string } | { kind: 'skipped'; reason: 'underWay' | 'outdated' };

/**
 * Accepts the job that sends the users of the list in: one for each time of a schedule, however often it is called.
 * While an earlier job is open none is accepted, and this time is skipped.
 */
export async function beginRun(
  db: Database,
  { journeyId, version, scheduledAt }: ScheduledRun,
): Promise<RunOutcome> {
  const published = scheduledJourneys(sql`journeys.id = ${journeyId} and version = ${version}::int`);
  const [journey] = await rowsOf<ScheduledJourney>(db, published);
  if (journey === undefined) return { kind: 'skipped', reason: 'outdated' };
  const { schedule } = journey;
  const { listId, source: eventName } = schedule;
  const jobId = jobIdOf(journeyId, timeOfRun(schedule, scheduledAt));
  const triggerData = { scheduledAt: new Date(scheduledAt).toISOString(), listId, eventName };
  const answer = await acceptListTrigger(db, { jobId, journeyId, listId, triggerData });
  if (!('refused' in answer) || (await hasJob(db, jobId))) return { kind: 'begun', jobId };
  return { kind: 'skipped', reason: answer.refused === 'underWay' ? 'underWay' : 'outdated' };
}

/** The id derives from the journey and the time: the same time is the same job. Like all ids it starts with the time. */
function jobIdOf(journeyId: number, time: number): string {
  const hash = createHash('sha256').update(`${journeyId}/${time}`).digest('hex').slice(0, 18);
  return `${stampOf('job', time)}${hash}`;
}
