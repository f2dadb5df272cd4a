import { jsonTrapIn } from '../domain/json';

/**
 * The JSON of an answer that fields can be taken from: an object or an array. Undefined for anything else, and for
 * what could not be kept: nested deeper than 32 levels, with a field `__proto__` or a NUL.
 */
export function readJsonAnswer(body: Buffer): object | undefined {
  const value = parse(body);
  return typeof value === 'object' && value !== null && jsonTrapIn(value) === undefined ? value : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
