import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isJsonContainer, writeJson } from '../domain/lossless-json';
import { compareNumerals, numeralOf } from '../domain/numeral';
import { RenderFault } from './faults';

/**
 * Marks a value that resolved to nothing in rendered text, so that the field or member that consists of it can be left
 * out (G2, G8). Every process generates its own, so that no data can contain it.
 */
export const NOTHING = `nothing:${randomUUID()}`;

export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** What `#if` treats as false: nothing, `""`, an empty array, false and 0. */
export function isFalsy(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

/** A value as text: nothing becomes empty text, objects and arrays become JSON (G6). */
export function textOf(value: unknown): string {
  if (isNothing(value)) return '';
  return isJsonContainer(value) ? jsonOf(value) : String(value);
}

/** A value as JSON text. Throws RenderFault for data that is nested too deeply. */
export function jsonOf(value: unknown): string {
  try {
    return writeJson(value);
  } catch (error) {
    throw tooDeep(error);
  }
}

/** The RenderFault for a stack overflow; any other error unchanged. */
function tooDeep(error: unknown): unknown {
  // Compared by name: Node's own functions throw a RangeError of another realm.
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

/** Compares by value across types: `"100"` equals 100 and `"1.50"` equals 1.5, but the texts `"007"` and `"7"` differ. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (isJsonContainer(a) || isJsonContainer(b)) return sameData(a, b);
  if (textOf(a) === textOf(b)) return true;
  return !(typeof a === 'string' && typeof b === 'string') && compareNumerals(a, b) === 0;
}

/** A number, or the number in numeric text (`numeralOf`), as JavaScript calculates with it: long ones are rounded. */
export function numberOf(value: unknown): number | undefined {
  const number = Number(numeralOf(value));
  return Number.isFinite(number) ? number : undefined;
}

/** Below zero if `a` comes first: numeric order if both are numeric, else the order of their characters. */
export function order(a: unknown, b: unknown): number {
  const difference = compareNumerals(a, b);
  if (difference !== undefined) return difference;
  const [text, otherText] = [textOf(a), textOf(b)];
  return text === otherText ? 0 : text < otherText ? -1 : 1;
}

/**
 * One step of a path. It reaches only own members of the data, never inherited ones, and also `.length` of a string,
 * and `.length` and `.size` of an array.
 */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value === 'string') return name === 'length' ? value.length : undefined;
  if (!isJsonContainer(value)) return undefined;
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  return Array.isArray(value) && name === 'size' ? value.length : undefined;
}
