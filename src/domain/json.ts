import { isExactNumber, MOST_VALUES } from './lossless-json';
import { MOST_CHARACTERS } from './numeral';

/** Why JSON from outside must not be stored. */
export type JsonTrap = 'values' | 'depth' | 'proto' | 'nul' | 'surrogate' | NumberTrap;

/** The path to a number that no receiver could read. */
type NumberTrap = { numberAt: string[] };

/** The most members of one object, whose names take longer to read than items of a list. */
const MOST_NAMES = 50_000;

/** The deepest nesting that is stored. */
export const MAX_JSON_DEPTH = 32;

/** Explains a trap and how to fix it; `where` is the subject of the sentence, such as “The body”. */
export function textOfTrap(trap: JsonTrap, where: string): string {
  if (typeof trap === 'string') return `${where} ${TRAPS[trap]}`;
  const at = trap.numberAt.length === 0 ? '' : ` in “${trap.numberAt.join('.').slice(0, 300)}”`;
  return `${where} has a number${at} that is beyond 1.8e308, closer to zero than 5e-324, or longer than ${MOST_CHARACTERS} characters. Send it as a string.`;
}

const TRAPS: Record<Exclude<JsonTrap, NumberTrap>, string> = {
  values: `has more than ${MOST_VALUES} values, or an object with more than ${MOST_NAMES}. Send them in parts.`,
  depth: `is nested deeper than ${MAX_JSON_DEPTH} levels. Flatten it.`,
  proto: 'has a field named “__proto__”. Rename it.',
  surrogate: 'has half of a character (a lone surrogate such as \\ud83d) in a string. Fix or remove it.',
  nul: 'has a NUL character (\\u0000) in a string. Remove it.',
};

/** Half of a surrogate pair, such as an emoji that was cut in two. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The first trap in a parsed value: nested too deeply, a field `__proto__`, a string that Postgres cannot store because
 * it has a NUL or a lone surrogate, or a number that is infinite or zero to those who read it as a double.
 */
export function jsonTrapIn(value: unknown, depth = 1): JsonTrap | undefined {
  if (typeof value === 'string') return textTrapIn(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (isExactNumber(value)) return isReadable(value.value) ? undefined : { numberAt: [] };
  if (depth > MAX_JSON_DEPTH) return 'depth';
  if (Array.isArray(value)) return trapInItems(value, depth);
  if (Object.hasOwn(value, '__proto__')) return 'proto';
  const names = Object.keys(value);
  if (names.length > MOST_NAMES) return 'values';
  for (const name of names) {
    const inner = (value as Record<string, unknown>)[name];
    const trap = textTrapIn(name) ?? jsonTrapIn(inner, depth + 1);
    if (trap !== undefined) return below(name, trap);
  }
  return undefined;
}

/** A list may have millions of items: no names are made for them. */
function trapInItems(items: unknown[], depth: number): JsonTrap | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const trap = jsonTrapIn(items[index], depth + 1);
    if (trap !== undefined) return below(String(index), trap);
  }
  return undefined;
}

function below(name: string, trap: JsonTrap): JsonTrap {
  return typeof trap === 'string' ? trap : { numberAt: [name, ...trap.numberAt] };
}

function isReadable(digits: string): boolean {
  const read = Number(digits);
  return (
    digits.length <= MOST_CHARACTERS && Number.isFinite(read) && (read !== 0 || !/^[-.0]*[1-9]/.test(digits))
  );
}

function textTrapIn(text: string): JsonTrap | undefined {
  if (text.includes('\0')) return 'nul';
  return LONE_SURROGATE.test(text) ? 'surrogate' : undefined;
}
