import { Cron, isByTheHour } from '../../time/cron';
import { clockAt, LocalTime, momentOf, canonicalName, TimeZone } from '../../time/local-time';

/** A run that cannot start within this time, because Temporal, the workers or the database are unavailable, is skipped. */
export const CATCH_UP_MS = 3_600_000;

/** The last moment that a schedule of Temporal can have. */
const LAST_MOMENT = Date.parse('2100-12-31T23:59:59Z');

/** When a schedule runs: again and again (`cron`), or once (`at`), by the clocks of a time zone. */
export interface Timing {
  cron?: string;
  at?: string;
  timeZone: string;
}

export const TIMING = { cron: Cron.optional(), at: LocalTime.optional(), timeZone: TimeZone };

/** What is wrong with a timing whose fields are right, by the field. */
export function faultOfTiming({
  cron,
  at,
  timeZone,
}: Timing): { field: 'cron' | 'at'; message: string } | undefined {
  if ((cron === undefined) === (at === undefined)) {
    return { field: 'cron', message: 'A schedule has either a cron expression or a time (at).' };
  }
  if (at === undefined) return undefined;
  const moment = momentOf(at, timeZone);
  if (moment === undefined) {
    return { field: 'at', message: `The clocks of ${timeZone} skip this time. Choose one before or after.` };
  }
  if (moment <= LAST_MOMENT) return undefined;
  return { field: 'at', message: 'Schedules end with the year 2100. Choose an earlier time.' };
}

/**
 * What Temporal schedules. A time of `at` becomes a moment here: of a time that clocks show twice, the first. A cron
 * expression is evaluated by Temporal on the clock: a time that is skipped does not run, and a time that is shown twice
 * runs twice, which `timeOfRun` makes one again.
 */
export type Times = { cron: string; timeZone: string } | { moment: number };

export function timesOf({ cron, at, timeZone }: Timing): Times {
  return cron === undefined
    ? { moment: momentOf(at!, timeZone)! }
    : { cron, timeZone: canonicalName(timeZone) };
}

/**
 * The identity of a run, in ms: two runs of a journey with the same one are one run. It is the time on the clock, unless
 * the expression counts hours: then an hour that is shown twice is two runs.
 */
export function timeOfRun({ cron, timeZone }: Timing, scheduledAt: number): number {
  return cron === undefined || isByTheHour(cron) ? scheduledAt : clockAt(timeZone, scheduledAt);
}
