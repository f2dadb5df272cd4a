import { z } from 'zod';
import { listed } from './listed';

/* What to send where a field is missing or of another type, in words that a caller knows, read from the schema. */

/** What zod's types are called. */
export const NAMES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Fields of an object that are named. */
const MOST_NAMES = 6;

/** A bound from here on is one of a type, and says nothing. */
const LARGE = 2_147_483_647;

/**
 * For zod, as the error map of one parse: the words for a field that is missing or of another type, unless its schema has
 * its own; undefined for other faults.
 */
export function wordsOfType(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  const { inst: schema, expected } = issue;
  const word = wordOf(schema) ?? NAMES[expected] ?? expected;
  const sentence = issue.input === undefined ? `This is missing. Send ${word}.` : `Send ${word} here.`;
  const form = formOf(schema);
  return form === undefined ? sentence : `${sentence} ${form}`;
}

function wordOf(schema: unknown): string | undefined {
  if (schema instanceof z.ZodNumber) return wordOfNumber(schema);
  if (schema instanceof z.ZodObject) return `an object${withFields(schema)}`;
  return schema instanceof z.ZodArray ? `a list${ofItems(schema)}` : undefined;
}

function wordOfNumber({ isInt, minValue, maxValue }: z.ZodNumber): string {
  const word = isInt ? 'a whole number' : 'a number';
  const isLow = (minValue ?? -Infinity) > -LARGE;
  const isHigh = (maxValue ?? Infinity) < LARGE;
  if (isLow && isHigh) return `${word} from ${minValue} to ${maxValue}`;
  if (isLow) return `${word} of at least ${minValue}`;
  return isHigh ? `${word} of at most ${maxValue}` : word;
}

function withFields({ shape }: z.ZodObject): string {
  const needed = Object.entries(shape).filter(
    ([, field]) => !(field as z.ZodType).safeParse(undefined).success,
  );
  if (needed.length === 0 || needed.length > MOST_NAMES) return '';
  return ` with ${listed(
    needed.map(([name]) => `“${name}”`),
    'and',
  )}`;
}

function ofItems({ element }: z.ZodArray): string {
  const item = within(element as z.ZodType);
  if (item instanceof z.ZodEnum) return ` of ${listed(item.options.map(String), 'or')}`;
  if (item instanceof z.ZodString) return ' of texts';
  if (item instanceof z.ZodNumber) return item.isInt ? ' of whole numbers' : ' of numbers';
  if (item instanceof z.ZodDiscriminatedUnion) return ' of objects';
  return item instanceof z.ZodObject ? ` of objects${withFields(item)}` : '';
}

/** What a pipe takes, such as that of `boundedList`. */
function within(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodPipe)) return schema;
  const { in: first, out } = schema;
  return within((first instanceof z.ZodTransform ? out : first) as z.ZodType);
}

/** How a text is written, in the words of the first of its checks that has some. */
function formOf(schema: unknown): string | undefined {
  if (!(schema instanceof z.ZodString)) return undefined;
  for (const { _zod } of schema.def.checks ?? []) {
    const { check, error } = _zod.def;
    // How long it may be is of no use here, and words that look at what was sent need a text.
    if (check === 'max_length' || error === undefined || error.length > 0) continue;
    const words = error({} as never);
    if (typeof words === 'string') return words;
  }
  return undefined;
}
