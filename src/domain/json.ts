/** What must not be kept of JSON that comes from outside. */
export type JsonTrap = 'depth' | 'proto' | 'nul';

/** Levels of nesting that are kept. */
export const MAX_JSON_DEPTH = 32;

/** The first trap in a parsed value: nested too deeply, a field `__proto__`, or a NUL, of which Postgres keeps none. */
export function jsonTrapIn(value: unknown, depth = 1): JsonTrap | undefined {
  if (typeof value === 'string') return value.includes('\0') ? 'nul' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_JSON_DEPTH) return 'depth';
  if (Object.hasOwn(value, '__proto__')) return 'proto';
  for (const [name, inner] of Object.entries(value)) {
    const trap = name.includes('\0') ? 'nul' : jsonTrapIn(inner, depth + 1);
    if (trap !== undefined) return trap;
  }
  return undefined;
}
