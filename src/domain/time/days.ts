import { z } from 'zod';
import { boundedList } from '../bounded-list';
import { firstInstantOf, type PlainDate, type Zone } from './time-zones';

/* Days of the week and times of day, as people write them. */

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

export const Days = boundedList(
  z.enum(DAYS, { error: `A day is one of: ${DAYS.join(', ')}.` }),
  DAYS.length,
).refine((days) => days.length > 0, 'Without a day this never comes. Name at least one.');

export const TimeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'A time of day is written as in "09:00", from "00:00" to "23:59".');

/** How far ahead a day of the week is looked for: one that a time zone skips comes again a week later. */
const LOOK_AHEAD_DAYS = 15;

/** This day and those that follow it, as far as they are among `days`. */
export function* daysFrom(first: PlainDate, days: readonly Day[]): Generator<PlainDate> {
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead += 1) {
    const day = first.add({ days: ahead });
    if (days.includes(DAYS[day.dayOfWeek - 1]!)) yield day;
  }
}

/** When the clocks of a time zone show a time of day on a day; see `firstInstantOf`. */
export function momentOn(day: PlainDate, timeOfDay: string, zone: Zone): number {
  return firstInstantOf(day.toPlainDateTime(timeOfDay), zone);
}
