import { jsonTrapIn } from '../domain/json';

/**
 * Parses an answer that is a JSON object or array. Undefined for anything else, and for JSON that could not be stored:
 * nested deeper than 32 levels, or with a field `__proto__`, a NUL or a lone surrogate.
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
