/** Why JSON from outside must not be stored. */
export type JsonTrap = 'depth' | 'proto' | 'nul' | 'surrogate';

/** The deepest nesting that is stored. */
export const MAX_JSON_DEPTH = 32;

/** Explains a trap and how to fix it; `where` is the subject of the sentence, such as “The body”. */
export function textOfTrap(trap: JsonTrap, where: string): string {
  return `${where} ${TRAPS[trap]}`;
}

const TRAPS: Record<JsonTrap, string> = {
  depth: `is nested deeper than ${MAX_JSON_DEPTH} levels. Flatten it.`,
  proto: 'has a field named “__proto__”. Rename it.',
  surrogate: 'has half of a character (a lone surrogate such as \\ud83d) in a string. Fix or remove it.',
  nul: 'has a NUL character (\\u0000) in a string. Remove it.',
};

/** Half of a surrogate pair, such as an emoji that was cut in two. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The first trap in a parsed value: nested too deeply, a field `__proto__`, or a string that Postgres cannot store
 * because it has a NUL or a lone surrogate.
 */
export function jsonTrapIn(value: unknown, depth = 1): JsonTrap | undefined {
  if (typeof value === 'string') return textTrapIn(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_JSON_DEPTH) return 'depth';
  if (Object.hasOwn(value, '__proto__')) return 'proto';
  for (const [name, inner] of Object.entries(value)) {
    const trap = textTrapIn(name) ?? jsonTrapIn(inner, depth + 1);
    if (trap !== undefined) return trap;
  }
  return undefined;
}

function textTrapIn(text: string): JsonTrap | undefined {
  if (text.includes('\0')) return 'nul';
  return LONE_SURROGATE.test(text) ? 'surrogate' : undefined;
}
