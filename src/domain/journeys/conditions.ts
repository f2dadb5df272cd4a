import { z } from 'zod';
import { parseDate } from '../time/date-parse';
import { matchesWhole, PatternFault, patternFault } from '../pattern';

/** The data whose fields a condition reads by path. */
export interface Roots {
  profile: Record<string, unknown>;
  trigger: Record<string, unknown>;
  liveData?: Record<string, unknown>;
  event?: Record<string, unknown>;
}

const FIELD = /^(profile|trigger|liveData|event)(\.[^.\s[\]]{1,256}|\[\d{1,3}\]){1,32}$/;
const Field = z
  .string()
  .regex(FIELD, 'A field starts with profile., trigger., liveData. or event., as in “profile.plan”.');

const Scalar = z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()]);
const MOST_VALUES = 1_000;

const Comparison = z.discriminatedUnion('is', [
  z.strictObject({ field: Field, is: z.enum(['isSet', 'isNotSet']) }),
  z.strictObject({ field: Field, is: z.literal('in'), value: z.array(Scalar).max(MOST_VALUES) }),
  z.strictObject({
    field: Field,
    is: z.enum(['equals', 'notEquals', 'contains']),
    value: Scalar,
  }),
  z.strictObject({
    field: Field,
    is: z.enum(['greaterThan', 'greaterOrEqual', 'lessThan', 'lessOrEqual', 'before', 'after']),
    value: z.union([z.string().max(1_024), z.number()]),
  }),
  z.strictObject({ field: Field, is: z.enum(['startsWith', 'endsWith']), value: z.string().max(1_024) }),
  z.strictObject({ field: Field, is: z.literal('matches'), value: z.string().superRefine(checkPattern) }),
]);
type Comparison = z.infer<typeof Comparison>;

export type When = Comparison | { all: When[] } | { any: When[] } | { not: When };

function checkPattern(pattern: string, context: z.RefinementCtx<string>): void {
  const fault = patternFault(pattern);
  if (fault !== undefined)
    context.addIssue({ code: 'custom', message: `The condition cannot be used: ${fault}` });
}

const MOST_PARTS = 100;
const MOST_LEVELS = 10;

const Parts = z.lazy(() => z.array(AnyWhen).min(1).max(MOST_PARTS));
const AnyWhen: z.ZodType<When> = z
  .lazy(() =>
    z.union([
      Comparison,
      z.strictObject({ all: Parts }),
      z.strictObject({ any: Parts }),
      z.strictObject({ not: AnyWhen }),
    ]),
  )
  // A recursive schema needs a name in the OpenAPI document.
  .meta({ id: 'Condition', description: 'A comparison, or several under all, any, not.' });

/** A condition (docs/events.md): a comparison, or several under `all`, `any`, `not`. */
export const When = AnyWhen.refine(
  (when) => levelsOf(when) <= MOST_LEVELS,
  `A condition has at most ${MOST_LEVELS} levels.`,
);

function levelsOf(when: When): number {
  if ('all' in when) return 1 + Math.max(...when.all.map(levelsOf));
  if ('any' in when) return 1 + Math.max(...when.any.map(levelsOf));
  return 'not' in when ? 1 + levelsOf(when.not) : 1;
}

/** Whether a condition holds. A missing field counts as null. */
export function holds(when: When, roots: Roots): boolean {
  if ('all' in when) return when.all.every((part) => holds(part, roots));
  if ('any' in when) return when.any.some((part) => holds(part, roots));
  if ('not' in when) return !holds(when.not, roots);
  return compares(when, valueAt(when.field, roots));
}

/** Own fields only, whatever a field is called. */
function valueAt(field: string, roots: Roots): unknown {
  const steps = field.match(/[^.[\]]+/g)!;
  return steps.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    return (value as Record<string, unknown>)[step];
  }, roots);
}

function compares(comparison: Comparison, found: unknown): boolean {
  const value = found ?? null;
  switch (comparison.is) {
    case 'isSet':
      return value !== null;
    case 'isNotSet':
      return value === null;
    case 'equals':
      return same(value, comparison.value);
    case 'notEquals':
      return !same(value, comparison.value);
    case 'in':
      return comparison.value.some((wanted) => same(value, wanted));
    case 'contains':
      if (Array.isArray(value)) return value.some((item) => same(item, comparison.value));
      return (
        typeof value === 'string' && comparison.value !== null && value.includes(String(comparison.value))
      );
    case 'startsWith':
      return typeof value === 'string' && value.startsWith(comparison.value);
    case 'endsWith':
      return typeof value === 'string' && value.endsWith(comparison.value);
    case 'matches':
      return typeof value === 'string' && matches(value, comparison.value);
    case 'before':
      return order(timeOf(value), timeOf(comparison.value), (a, b) => a < b);
    case 'after':
      return order(timeOf(value), timeOf(comparison.value), (a, b) => a > b);
    case 'greaterThan':
    case 'greaterOrEqual':
    case 'lessThan':
    case 'lessOrEqual':
      return ordered(comparison.is, value, comparison.value);
  }
}

const ORDERS = {
  greaterThan: (a: number | string, b: number | string) => a > b,
  greaterOrEqual: (a: number | string, b: number | string) => a >= b,
  lessThan: (a: number | string, b: number | string) => a < b,
  lessOrEqual: (a: number | string, b: number | string) => a <= b,
};

/** Compares as numbers if both are numeric, else as text; any other pair has no order. */
function ordered(is: keyof typeof ORDERS, value: unknown, wanted: string | number): boolean {
  const numbers = [numberOf(value), numberOf(wanted)];
  if (numbers.every((number) => number !== undefined)) return ORDERS[is](numbers[0]!, numbers[1]!);
  return typeof value === 'string' && typeof wanted === 'string' && ORDERS[is](value, wanted);
}

/** By value across types: the text "100" is the number 100. */
function same(value: unknown, wanted: unknown): boolean {
  if (value === wanted) return true;
  if (typeof value === typeof wanted) return false;
  const [a, b] = [numberOf(value), numberOf(wanted)];
  return a !== undefined && a === b;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
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

/** Smaller numbers are seconds since the epoch, like Iterable's `createdAt`; as milliseconds they end in 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;

function timeOf(value: unknown): number | undefined {
  return parseDate(typeof value === 'number' && Math.abs(value) < FIRST_MILLISECONDS ? value * 1_000 : value);
}

function order(
  a: number | undefined,
  b: number | undefined,
  holds: (a: number, b: number) => boolean,
): boolean {
  return a !== undefined && b !== undefined && holds(a, b);
}
