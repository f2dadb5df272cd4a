import type { Database } from '../db/connection/client';
import { listScheduledJourneys, type ScheduledJourney } from '../db/journeys/schedules';
import { CATCH_UP_MS, timesOf } from '../domain/journeys/timing/schedule';
import type { JourneySchedule, Schedules } from '../temporal/schedules';
import { type Log, tryTo } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 20_000;

export interface SchedulesDeps {
  db: Database;
  schedules: Schedules;
  log: Log;
}

/**
 * Makes Temporal's schedules match the published journeys. The database is the authority: a schedule that is missing or
 * has another version is set, one that no journey wants is removed. Any number of processes may do this.
 */
export function startSchedules(deps: SchedulesDeps): Repeating {
  const what = 'compare schedules with Temporal';
  return repeat({ everyMs: EVERY_MS, log: deps.log, what }, () => alignSchedules(deps));
}

/** One comparison. A schedule that cannot be set or removed does not affect the others. */
export async function alignSchedules({ db, schedules, log }: SchedulesDeps): Promise<void> {
  const existing = await schedules.list();
  // Read after the list: a schedule in the list that no journey wants now was wanted before and no longer is.
  const wanted = (await listScheduledJourneys(db)).map(scheduleOf).filter(isToCome);
  const unwanted = new Set(existing.keys());
  const tasks: [journeyId: number, task: () => Promise<void>][] = [];
  for (const one of wanted) {
    unwanted.delete(one.journeyId);
    if (existing.get(one.journeyId) !== one.version) tasks.push([one.journeyId, () => schedules.set(one)]);
  }
  for (const journeyId of unwanted) tasks.push([journeyId, () => schedules.remove(journeyId)]);
  for (const [journeyId, task] of tasks) {
    await tryTo({ log, what: "update a journey's schedule", fields: { journeyId } }, task);
  }
}

function scheduleOf({ journeyId, version, schedule, publishedAt }: ScheduledJourney): JourneySchedule {
  return { journeyId, version, times: timesOf(schedule), since: publishedAt };
}

/** Temporal deletes a schedule some days after its last time; it must not be created again. */
function isToCome({ times }: JourneySchedule): boolean {
  return 'cron' in times || times.moment > Date.now() - CATCH_UP_MS;
}
