import { randomUUID } from 'node:crypto';
import { RenderFault } from './faults';

/**
 * Stands in rendered text for a value that resolved to nothing, so that what it was the whole value of can be
 * left out (G2, G8). Made anew by every process: no data can hold it.
 */
export const NOTHING = `nothing:${randomUUID()}`;

export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** What `#if` takes for false: nothing, `""`, an empty array, false and 0. */
export function isFalsy(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

/** A value as it reads in text: nothing is empty, objects and arrays are their JSON (G6). */
export function textOf(value: unknown): string {
  if (isNothing(value)) return '';
  return typeof value === 'object' ? jsonOf(value) : String(value);
}

/** A value as JSON text. Throws RenderFault for data nested so deeply that no receiver would read it. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RenderFault('render', 'A value is nested too deeply to be written as JSON.');
  }
}

/**
 * One step of a path. Only what the data itself holds can be reached, never what JavaScript adds to it;
 * besides, `.length` of a string, `.length` and `.size` of an array.
 */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value === 'string') return name === 'length' ? value.length : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  return Array.isArray(value) && name === 'size' ? value.length : undefined;
}
