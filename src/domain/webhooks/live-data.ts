import { z } from 'zod';
import { jsonTrapIn } from '../json';
import { type ExactNumber, isExactNumber, isJsonContainer, isJsonObject, readNumber } from '../lossless-json';
import { MOST_CHARACTERS } from '../numeral';
import { fieldTypeOf } from '../users/profile';
import { readPath, type Step } from './response-path';

export const LiveDataType = z.enum(['string', 'number', 'boolean', 'date', 'object', 'array']);
export type LiveDataType = z.infer<typeof LiveDataType>;

const LiveDataField = z.strictObject({
  path: z.string().superRefine((path, context) => {
    const { fault } = readPath(path);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, continue: false });
  }),
  type: LiveDataType,
});
/** A field of a response that journeys read as live data, and the type it is converted to. */
export type LiveDataField = z.infer<typeof LiveDataField>;

/** The most live data fields of one webhook (B110). */
export const MAX_LIVE_DATA_FIELDS = 10;

/** The fields chosen from a response (B110), none of them nested in another. */
export const LiveDataFields = z.array(LiveDataField).superRefine((fields, context) => {
  const eleventh = fields[MAX_LIVE_DATA_FIELDS];
  if (eleventh !== undefined) {
    const message = `Choose up to ${MAX_LIVE_DATA_FIELDS} live data fields. “${eleventh.path}” is the eleventh.`;
    return context.addIssue({ code: 'custom', path: [MAX_LIVE_DATA_FIELDS], message });
  }
  fields.forEach(({ path }, index) => {
    const other = fields.slice(0, index).find((earlier) => clash(stepsOf(earlier.path), stepsOf(path)));
    if (other === undefined) return;
    const message =
      other.path === path
        ? `“${path}” is chosen twice.`
        : `“${path}” and “${other.path}” cannot both be chosen: one contains the other, or one needs a list where the other needs an object.`;
    context.addIssue({ code: 'custom', path: [index, 'path'], message });
  });
});

/** Whether two paths name the same field, or one names a field inside the other's, or no response can have both. */
function clash(one: Step[], other: Step[]): boolean {
  const at = one.findIndex((step, index) => step !== other[index]);
  if (at < 0 || at >= other.length) return true;
  return typeof one[at] !== typeof other[at];
}

function stepsOf(path: string): Step[] {
  const read = readPath(path);
  if (read.fault !== undefined) throw new Error(read.fault);
  return read.steps;
}

/**
 * Only the chosen fields of a response (B113): a new plain object, nested as in the response, so that `order.status`
 * is read as `{{liveData.order.status}}`. Arrays stay arrays, with null for items that were not chosen; but a response
 * that is itself an array becomes an object with the keys `"0"`, `"1"`. `body` is parsed JSON. Every chosen field is
 * present: null if the response lacks it or its value cannot be converted to the type:
 *
 * - `string`: text; numbers and booleans as text (12 is `"12"`).
 * - `number`: numbers, and numeric text (`"12"` is 12), with all their digits.
 * - `boolean`: true and false, also as text.
 * - `date`: text that is an ISO-8601 date or time, unchanged.
 * - `object`, `array`: unchanged, up to 100 levels deep.
 */
export function selectFields(body: unknown, fields: LiveDataField[]): Record<string, unknown> {
  const selected: Record<string, unknown> = {};
  for (const { path, type } of fields) {
    const steps = stepsOf(path);
    put(selected, steps, coerce(valueAt(body, steps), type));
  }
  return selected;
}

function valueAt(body: unknown, steps: Step[]): unknown {
  return steps.reduce<unknown>((value, step) => {
    if (typeof step === 'number') return Array.isArray(value) ? (value[step] as unknown) : undefined;
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, body);
}

type Container = Record<Step, unknown>;

/** An existing value contains other chosen fields, or is an item's null: the schema rejects paths that clash. */
function put(container: Container, [step, ...deeper]: Step[], value: unknown): void {
  if (Array.isArray(container)) while (container.length < Number(step)) container.push(null);
  const [next] = deeper;
  if (next === undefined) return void (container[step!] = value);
  const known = Object.hasOwn(container, step!) ? container[step!] : null;
  const inner = (known ?? (typeof next === 'number' ? [] : {})) as Container;
  container[step!] = inner;
  put(inner, deeper, value);
}

function coerce(value: unknown, type: LiveDataType): unknown {
  switch (type) {
    case 'string':
      return isJsonContainer(value) || value === null || value === undefined ? null : String(value);
    case 'number':
      return typeof value === 'string' ? numberIn(value) : isNumber(value) ? value : null;
    case 'boolean':
      return value === true || value === 'true' ? true : value === false || value === 'false' ? false : null;
    case 'date':
      return isDate(value) ? value : null;
    case 'object':
      return isJsonObject(value) && isShallow(value, MAX_DEPTH) ? value : null;
    case 'array':
      return Array.isArray(value) && isShallow(value, MAX_DEPTH) ? value : null;
  }
}

const NUMERIC = /^(?:\+|(-))?0*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** The number of a numeric text; null for any other. */
function numberIn(text: string): number | ExactNumber | null {
  const trimmed = text.trim();
  if (trimmed.length > MOST_CHARACTERS) return null;
  const [, minus = '', digits] = NUMERIC.exec(trimmed) ?? [];
  if (digits === undefined) return null;
  const number = readNumber(`${minus}${digits}`);
  return jsonTrapIn(number) === undefined ? number : null;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isExactNumber(value);
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && fieldTypeOf(value) === 'date';
}

/** Values nested deeper could not be serialised as JSON again. */
const MAX_DEPTH = 100;

function isShallow(value: unknown, levels: number): boolean {
  if (!isJsonContainer(value)) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
