import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { RenderFault } from './faults';

/**
 * Marks a value that resolved to nothing in rendered text, so that the field or member it is the whole value of can be
 * left out (G2, G8). Random for each process, so that no data can contain it.
 */
export const NOTHING = `nothing:${randomUUID()}`;

export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** What `#if` treats as false: nothing, `""`, an empty array, false and 0. */
export function isFalsy(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

/** A value as text: nothing is empty, objects and arrays are their JSON (G6). */
export function textOf(value: unknown): string {
  if (isNothing(value)) return '';
  return typeof value === 'object' ? jsonOf(value) : String(value);
}

/** A value as JSON text. Throws RenderFault for data nested too deeply. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw tooDeep(error);
  }
}

/** RenderFault for a stack overflow; any other error unchanged. */
function tooDeep(error: unknown): unknown {
  // Compared by name: Node's own functions throw the RangeError of another realm.
  if ((error as Error).name !== 'RangeError') return error;
  return new RenderFault('render', 'A value is nested too deeply to be written as JSON, or compared.');
}

function sameData(a: unknown, b: unknown): boolean {
  try {
    return isDeepStrictEqual(a, b);
  } catch (error) {
    throw tooDeep(error);
  }
}

/** Equal by value across types: `"100"` is 100 and `"1.50"` is 1.5, but the texts `"007"` and `"7"` differ. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeof a === 'object' || typeof b === 'object') return sameData(a, b);
  if (typeof a === 'number' || typeof b === 'number') {
    const [one, other] = [numberOf(a), numberOf(b)];
    return textOf(a) === textOf(b) || (one !== undefined && one === other);
  }
  return textOf(a) === textOf(b);
}

/** A number, or text that is written like one: `"-1.50"`, and not `"1e3"`, `"0x1"` or `""`. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length > 400 || !/^[+-]?\d+(\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Below zero when `a` comes first: by number when both are numeric, else by character codes. */
export function order(a: unknown, b: unknown): number {
  const [one, other] = [numberOf(a), numberOf(b)];
  if (one !== undefined && other !== undefined) return one - other;
  const [text, otherText] = [textOf(a), textOf(b)];
  return text === otherText ? 0 : text < otherText ? -1 : 1;
}

/**
 * One step of a path. It reaches only own properties of the data, never inherited ones; and `.length` of a string,
 * `.length` and `.size` of an array.
 */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value === 'string') return name === 'length' ? value.length : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  return Array.isArray(value) && name === 'size' ? value.length : undefined;
}
