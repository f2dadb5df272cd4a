import type { Database } from '../db/connection/client';
import { listScheduledJourneys, type ScheduledJourney } from '../db/journeys/schedules';
import { CATCH_UP_MS, timesOf } from '../domain/journeys/schedule';
import type { JourneySchedule, Schedules } from '../temporal/schedules';
import { innermost, type Log } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 20_000;

export interface SchedulesDeps {
  db: Database;
  schedules: Schedules;
  log: Log;
}

/**
 * Keeps Temporal's schedules as the published journeys want them. The database has the say: what is missing or of
 * another version is set, what nobody wants is removed. Any number of processes may do it.
 */
export function startSchedules(deps: SchedulesDeps): Repeating {
  return repeat(EVERY_MS, async () => {
    try {
      await alignSchedules(deps);
    } catch (error) {
      deps.log.warn(
        { error: innermost(error) },
        'schedules could not be compared with Temporal; it is tried again',
      );
    }
  });
}

/** One comparison. A schedule that cannot be set or removed keeps no other from it. */
export async function alignSchedules({ db, schedules, log }: SchedulesDeps): Promise<void> {
  const there = await schedules.list();
  // Looked at afterwards: what Temporal had by then and nobody wants was wanted before, and is not any more.
  const wanted = (await listScheduledJourneys(db)).map(scheduleOf).filter(isToCome);
  const unwanted = new Set(there.keys());
  const tasks: [journeyId: number, task: () => Promise<void>][] = [];
  for (const one of wanted) {
    unwanted.delete(one.journeyId);
    if (there.get(one.journeyId) !== one.version) tasks.push([one.journeyId, () => schedules.set(one)]);
  }
  for (const journeyId of unwanted) tasks.push([journeyId, () => schedules.remove(journeyId)]);
  for (const [journeyId, task] of tasks) {
    try {
      await task();
    } catch (error) {
      log.warn({ journeyId, error: innermost(error) }, 'a schedule could not be set; it is tried again');
    }
  }
}

function scheduleOf({ journeyId, version, schedule, publishedAt }: ScheduledJourney): JourneySchedule {
  return { journeyId, version, times: timesOf(schedule), since: publishedAt };
}

/** Temporal forgets a schedule some days after its last time, and nobody should make it again. */
function isToCome({ times }: JourneySchedule): boolean {
  return 'cron' in times || times.moment > Date.now() - CATCH_UP_MS;
}
