import { Cron, isByTheHour } from '../time/cron';
import { clockAt, LocalTime, momentOf, canonicalName, TimeZone } from '../time/local-time';

/** A time that could not be begun within this, because Temporal, the workers or the database were away, is missed. */
export const CATCH_UP_MS = 3_600_000;

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
  if (at === undefined || momentOf(at, timeZone) !== undefined) return undefined;
  return { field: 'at', message: `The clocks of ${timeZone} skip this time. Choose one before or after.` };
}

/**
 * What Temporal is to go by. A time of `at` is made a moment here, so that a time shown twice is one, the first. Of a
 * cron expression Temporal reads the clock: it leaves out a time that is skipped, and runs twice what is shown twice,
 * which `timeOfRun` makes one again.
 */
export type Times = { cron: string; timeZone: string } | { moment: number };

export function timesOf({ cron, at, timeZone }: Timing): Times {
  return cron === undefined
    ? { moment: momentOf(at!, timeZone)! }
    : { cron, timeZone: canonicalName(timeZone) };
}

/**
 * What a run counts as, in ms: runs of a journey that count as the same are one. By the clock, unless the expression
 * goes by the hour, and then an hour that is shown twice is two.
 */
export function timeOfRun({ cron, timeZone }: Timing, scheduledAt: number): number {
  return cron === undefined || isByTheHour(cron) ? scheduledAt : clockAt(timeZone, scheduledAt);
}
