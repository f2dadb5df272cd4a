import { z } from 'zod';
import { fromLocalTime, offsetAt, zoneNamed, type Zone } from './time-zones';

/* `abort`: a schedule whose time zone or time is wrong is not checked as a whole. */

/** A time zone by its IANA name. */
export const TimeZone = z.string().refine((name) => /^[A-Za-z]/.test(zoneNamed(name)?.id ?? ''), {
  error: 'A time zone is an IANA name such as "Europe/Berlin", or "UTC".',
  abort: true,
});

/** A date and a time of day, as clocks show them somewhere: `2026-12-01T09:00`. */
export const LocalTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, {
    error:
      'A local time is written as in "2026-12-01T09:00", without an offset: the time zone goes in timeZone.',
    abort: true,
  })
  .refine((text) => new Date(asUtc(text)).toJSON()?.startsWith(text) === true, {
    error: 'There is no such date or time of day.',
    abort: true,
  });

/** The canonical name of a time zone, which other programs know; people also type aliases, and in other cases. */
export function canonicalName(timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone: zoneOf(timeZone).id }).resolvedOptions().timeZone;
}

/**
 * The moment when the clocks of a time zone show this local time, in ms since the epoch: the first where they show it
 * twice, undefined where they skip it.
 */
export function momentOf(local: string, timeZone: string): number | undefined {
  const moment = fromLocalTime(local, zoneOf(timeZone));
  return clockAt(timeZone, moment) === asUtc(local) ? moment : undefined;
}

/** What the clocks of a time zone show at a moment, read as if they were those of UTC, in ms since the epoch. */
export function clockAt(timeZone: string, moment: number): number {
  return moment + offsetAt(moment, zoneOf(timeZone));
}

function asUtc(local: string): number {
  return Date.parse(`${local}Z`);
}

function zoneOf(timeZone: string): Zone {
  return zoneNamed(timeZone)!;
}
