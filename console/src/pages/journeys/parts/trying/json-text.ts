/** The object that a text is as JSON; undefined if it is none. Empty text is an empty one. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  const value = text.trim() === '' ? {} : jsonOf(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Undefined if the text is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
