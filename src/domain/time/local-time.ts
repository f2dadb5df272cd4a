import { z } from 'zod';
import { instantOf, type Zone, zoneNamed } from './date-zones';

/* What is wrong with these keeps a schedule from being looked at as a whole: hence `abort`. */

/** A time zone by its IANA name. */
export const TimeZone = z.string().refine((name) => zoneNamed(name)?.name !== undefined, {
  error: 'A time zone is an IANA name such as "Europe/Berlin", or "UTC".',
  abort: true,
});

/** A date and a time of day, as clocks show them somewhere: `2026-12-01T09:00`. */
export const LocalTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, {
    error:
      'A local time is written as in "2026-12-01T09:00", without an offset: the zone stands in timeZone.',
    abort: true,
  })
  .refine((text) => new Date(utcOf(text)).toJSON()?.startsWith(text) === true, {
    error: 'There is no such date or time of day.',
    abort: true,
  });

/** A zone's name as Intl has it, which other programs' data has too; people write some in other cases. */
export function nameOfZone(timeZone: string): string {
  const { name: typed } = zoneOf(timeZone);
  return new Intl.DateTimeFormat('en-US', { timeZone: typed! }).resolvedOptions().timeZone;
}

/**
 * The moment when the clocks of a zone show this local time, in ms since the epoch: the first where they show it twice,
 * undefined where they skip it.
 */
export function momentOf(local: string, timeZone: string): number | undefined {
  const moment = instantOf(utcOf(local), zoneOf(timeZone));
  return clockAt(timeZone, moment) === utcOf(local) ? moment : undefined;
}

/** What the clocks of a zone show at a moment, read as if they were those of UTC, in ms. */
export function clockAt(timeZone: string, moment: number): number {
  return moment + zoneOf(timeZone).offsetAt(moment);
}

function utcOf(local: string): number {
  return Date.parse(`${local}Z`);
}

function zoneOf(timeZone: string): Zone {
  return zoneNamed(timeZone)!;
}
