/*
 * JSON with each digit of its numbers, where the browser can (Chromium 114, Firefox 135, Safari 18.4): a number that a
 * double cannot hold becomes an object that `JSON.stringify` writes as it was read.
 */

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

const { rawJSON } = JSON as { rawJSON?: (text: string) => object };

const exact: Reviver = (_key, value, context) => {
  if (rawJSON === undefined || typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : rawJSON(context.source);
};

/** Reads JSON. Throws a `SyntaxError`. */
export function exactJson(text: string): unknown {
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
}

/** The object that a text is; undefined where it is none. Nothing is the empty object. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = exactJson(text.trim() || '{}');
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
