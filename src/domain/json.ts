/** What must not be stored of JSON from outside. */
export type JsonTrap = 'depth' | 'proto' | 'nul' | 'surrogate';

/** Levels of nesting that are accepted. */
export const MAX_JSON_DEPTH = 32;

/** What a trap is and what to do about it, in words; `where` begins the sentence, such as “The body”. */
export function textOfTrap(trap: JsonTrap, where: string): string {
  return `${where} ${TRAPS[trap]}`;
}

const TRAPS: Record<JsonTrap, string> = {
  depth: `is nested deeper than ${MAX_JSON_DEPTH} levels. Flatten it.`,
  proto: 'has a field named “__proto__”. Rename it.',
  surrogate: 'has half of a character (a lone surrogate such as \\ud83d) in a text. Fix or remove it.',
  nul: 'has a NUL character (\\u0000) in a text. Remove it.',
};

/** Half of a character outside Unicode's first plane, such as an emoji that was cut in two. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The first trap in a parsed value: nested too deeply, a field `__proto__`, or a text that Postgres cannot read: one
 * with a NUL or with half of a character.
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
