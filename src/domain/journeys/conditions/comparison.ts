import { z } from 'zod';
import { boundedList } from '../../bounded-list';
import { isJsonObject } from '../../lossless-json';
import { AnyNumber, compareNumerals } from '../../numeral';
import { matchesWhole, PatternFault } from '../../pattern';
import { includesText } from '../../text-search';
import { parseDate } from '../../time/date-parse';
import { parseDuration } from '../../time/duration';
import { readUnixTime } from '../../time/unix-time';
import { Field, type Roots, valueAt } from '../roots';

const LONGEST_TEXT = 1_024;
const Text = z.string().max(LONGEST_TEXT);
export const Scalar = z.union([Text, AnyNumber, z.boolean(), z.null()], {
  error: `Send a text of up to ${LONGEST_TEXT} characters, a number, true, false or null.`,
});
const MOST_VALUES = 1_000;

/** In place of a value: what another field has. */
const FieldValue = z.strictObject({ field: Field });

const OR_FIELD = 'or another field: {"field": "trigger.plan"}';
const A_DATE =
  'Send a date that exists, such as "2026-01-31", "now", "-7 days" or "+2 hours" (a month has no fixed length), ' +
  `seconds since the epoch, ${OR_FIELD}.`;
const WrittenDate = z
  .string()
  .max(64)
  .refine((text) => parseDate(text) !== undefined || fromNow(text) !== undefined, A_DATE);

const UnixDate = AnyNumber.refine((number) => timeOf(number) !== undefined, A_DATE);

const FIELD = { field: Field };
const COMPARISONS = [
  z.strictObject({ ...FIELD, is: z.enum(['isSet', 'isNotSet']) }),
  z.strictObject({
    ...FIELD,
    is: z.literal('in'),
    value: z.union([boundedList(Scalar, MOST_VALUES, 1), FieldValue], {
      error: `Send a list of 1 to ${MOST_VALUES} texts, numbers, true, false or null, ${OR_FIELD}.`,
    }),
  }),
  z.strictObject({
    ...FIELD,
    is: z.enum(['equals', 'notEquals', 'contains']),
    value: z.union([Scalar, FieldValue], {
      error: `Send a text of up to ${LONGEST_TEXT} characters, a number, true, false, null, ${OR_FIELD}.`,
    }),
  }),
  z.strictObject({
    ...FIELD,
    is: z.enum(['greaterThan', 'greaterOrEqual', 'lessThan', 'lessOrEqual']),
    value: z.union([Text, AnyNumber, FieldValue], {
      error: `Send a number, a text of up to ${LONGEST_TEXT} characters, ${OR_FIELD}.`,
    }),
  }),
  z.strictObject({
    ...FIELD,
    is: z.enum(['before', 'after']),
    value: z.union([WrittenDate, UnixDate, FieldValue], { error: A_DATE }),
  }),
  z.strictObject({
    ...FIELD,
    is: z.enum(['startsWith', 'endsWith']),
    value: z.union([Text, FieldValue], {
      error: `Send a text of up to ${LONGEST_TEXT} characters, ${OR_FIELD}.`,
    }),
  }),
  // What a pattern costs is known before it is saved: it cannot come from data.
  z.strictObject({
    ...FIELD,
    is: z.literal('matches'),
    value: z.string('Write the pattern here: it cannot be read from a field.'),
  }),
] as const;

/** The words for how fields are compared. */
export const OPERATORS = COMPARISONS.flatMap(({ shape: { is } }): string[] =>
  'options' in is ? [...is.options] : [...is.values],
);

/** One field against a value, or against another field. */
export const Comparison = z.discriminatedUnion('is', COMPARISONS, {
  error: (issue) => (issue.code === 'invalid_union' ? `“is” is one of: ${OPERATORS.join(', ')}.` : undefined),
});
export type Comparison = z.infer<typeof Comparison>;

/** Whether a comparison holds. A missing field counts as null. */
export function compares(comparison: Comparison, roots: Roots, now: number): boolean {
  const value = valueAt(comparison.field, roots) ?? null;
  if (!('value' in comparison)) return (value !== null) === (comparison.is === 'isSet');
  const other = fieldCompared(comparison);
  const wanted = other === undefined ? comparison.value : (valueAt(other, roots) ?? null);
  switch (comparison.is) {
    case 'equals':
      return same(value, wanted);
    case 'notEquals':
      return !same(value, wanted);
    case 'in':
      return Array.isArray(wanted) && wanted.slice(0, MOST_VALUES).some((item) => same(value, item));
    case 'contains':
      return contains(value, wanted, other === undefined ? Infinity : LONGEST_PART_IN_FIELD);
    case 'startsWith':
      return typeof value === 'string' && typeof wanted === 'string' && value.startsWith(wanted);
    case 'endsWith':
      return typeof value === 'string' && typeof wanted === 'string' && value.endsWith(wanted);
    case 'matches':
      return typeof value === 'string' && matches(value, comparison.value);
    case 'before':
    case 'after': {
      const written = other === undefined ? momentOf(comparison.value, now) : timeOf(wanted);
      return isOrdered(comparison.is, timeOf(value), written);
    }
    case 'greaterThan':
    case 'greaterOrEqual':
    case 'lessThan':
    case 'lessOrEqual':
      return ordered(comparison.is, value, wanted);
  }
}

/** The field that a comparison reads in place of a value, if it does. */
export function fieldCompared(comparison: Comparison): string | undefined {
  if (!('value' in comparison) || !isJsonObject(comparison.value)) return undefined;
  return (comparison.value as z.infer<typeof FieldValue>).field;
}

/** Whether the comparison is with a date such as "-7 days". */
export function isRelative(comparison: Comparison): boolean {
  const isDate = comparison.is === 'before' || comparison.is === 'after';
  return isDate && typeof comparison.value === 'string' && fromNow(comparison.value) !== undefined;
}

/** How far from now a date such as "now", "-7 days" or "+2 hours" is, in ms; undefined for any other text. */
function fromNow(text: string): number | undefined {
  if (text === 'now') return 0;
  const [, sign, duration = ''] = /^([+-]) ?(?=\S)(.+)$/.exec(text) ?? [];
  const ms = parseDuration(duration);
  return ms === undefined ? undefined : sign === '-' ? -ms : ms;
}

/** Of a date that stands in a condition. */
function momentOf(written: unknown, now: number): number | undefined {
  const ms = typeof written === 'string' ? fromNow(written) : undefined;
  return ms === undefined ? timeOf(written) : now + ms;
}

function timeOf(value: unknown): number | undefined {
  return parseDate(typeof value === 'number' ? readUnixTime(value) : value);
}

function isOrdered(is: 'before' | 'after', a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return is === 'before' ? a < b : a > b;
}

/** Longer parts are searched for a hundred times as slowly, and the sender of a text must not decide on that. */
const LONGEST_PART_IN_FIELD = 250;

/** A text contains a text, or what is written like one, of a length up to `longest`; a list one of its items. */
function contains(value: unknown, part: unknown, longest: number): boolean {
  if (Array.isArray(value)) return value.some((item) => same(item, part));
  if (typeof value !== 'string' || part === null || isList(part)) return false;
  const text = String(part);
  return text.length <= longest && includesText(value, text);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

const ORDERS = {
  greaterThan: (difference: number) => difference > 0,
  greaterOrEqual: (difference: number) => difference >= 0,
  lessThan: (difference: number) => difference < 0,
  lessOrEqual: (difference: number) => difference <= 0,
};

/** Compares as numbers if both are numeric, else as text; any other pair has no order. */
function ordered(is: keyof typeof ORDERS, value: unknown, wanted: unknown): boolean {
  const difference = compareNumerals(value, wanted);
  if (difference !== undefined) return ORDERS[is](difference);
  if (typeof value !== 'string' || typeof wanted !== 'string') return false;
  return ORDERS[is](value === wanted ? 0 : value < wanted ? -1 : 1);
}

/** By value across types: the text "100" is the number 100. Lists and objects are the same as nothing. */
export function same(value: unknown, wanted: unknown): boolean {
  if (isList(value) || isList(wanted)) return false;
  if (value === wanted) return true;
  if (typeof value === 'string' && typeof wanted === 'string') return false;
  return compareNumerals(value, wanted) === 0;
}

/** About 4 ms: one event may be checked against a hundred patterns while its sender waits. */
const MOST_WORK = 100_000;

/** A text too long for its pattern does not match: the sender of the text must not control how long we work. */
function matches(text: string, pattern: string): boolean {
  try {
    return matchesWhole(text, pattern, MOST_WORK);
  } catch (error) {
    if (error instanceof PatternFault) return false;
    throw error;
  }
}
