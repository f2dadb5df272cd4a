import { z } from 'zod';

/** A field of a cron expression: what it is called, its numbers, and the names that stand for some of them. */
interface Field {
  name: string;
  least: number;
  most: number;
  names?: string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  // 7 is Sunday too.
  { name: 'day of the week', least: 0, most: 7, names: DAYS },
];

const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Minute, hour, day of the month, month, day of the week: numbers, names of three letters, `*`, ranges, steps and lists
 * of these. Whatever is accepted means the same to cron and to Temporal: one of the two days has to be `*`, because cron
 * reads two as "either" and Temporal as "both".
 */
export const Cron = z
  .string()
  .max(256)
  .overwrite((text) => text.trim().replace(/\s+/g, ' '))
  .superRefine((text, context) => {
    const fault = faultOf(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

/** Whether it counts hours that pass, rather than times on the clock: its hour is `*`, or a step of that. */
export function isByTheHour(cron: string): boolean {
  return cron.split(' ')[1]!.startsWith('*');
}

function faultOf(text: string): string | undefined {
  const parts = text.split(' ');
  if (parts.length !== FIELDS.length) {
    return 'A cron expression has five fields: minute, hour, day of the month, month, day of the week, as in "0 9 * * mon".';
  }
  const values = parts.map((part, index) => valuesOf(part, FIELDS[index]!));
  const wrong = values.findIndex((found) => found === undefined);
  if (wrong >= 0) {
    const { name, least, most } = FIELDS[wrong]!;
    return `“${parts[wrong]}” is no ${name}: it takes *, numbers from ${least} to ${most}, ranges, steps and lists of them.`;
  }
  if (!parts[2]!.startsWith('*') && !parts[4]!.startsWith('*')) {
    return 'Give a day of the month or a day of the week, and * for the other.';
  }
  const firstDay = Math.min(...values[2]!);
  const comes = values[3]!.some((month) => firstDay <= DAYS_OF_MONTHS[month - 1]!);
  return comes ? undefined : 'No month of these has such a day.';
}

/** The numbers that a field names; undefined when it cannot be read. */
function valuesOf(part: string, field: Field): number[] | undefined {
  const items = part.split(',').map((item) => itemOf(item, field));
  return items.every((item) => item !== undefined) ? items.flat() : undefined;
}

function itemOf(item: string, field: Field): number[] | undefined {
  const [, range, from, to, by] = /^((\w+)(?:-(\w+))?|\*)(?:\/(\d{1,2}))?$/.exec(item) ?? [];
  if (range === undefined) return undefined;
  const step = by === undefined ? 1 : Number(by);
  const first = range === '*' ? field.least : numberOf(from!, field);
  const open = range === '*' || (to === undefined && by !== undefined);
  const last = open ? field.most : to === undefined ? first : numberOf(to, field);
  if (first === undefined || last === undefined || last < first || step < 1) return undefined;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + least;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : undefined;
}
