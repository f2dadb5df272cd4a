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

/** Whether each number of a JSON text stays as it is when this browser reads and writes it. */
export function isKept(text: string): boolean {
  let isKept = true;
  const compare: Reviver = (_key, value, context) => {
    // A browser that does not tell how a number was written can only be given short ones.
    const source = context?.source ?? (/\d{16}/.test(text) ? undefined : String(value));
    if (typeof value === 'number' && String(value) !== source) isKept = false;
    return value;
  };
  JSON.parse(text, compare as (key: string, value: unknown) => unknown);
  return isKept;
}

/** What a text is as JSON; undefined where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return exactJson(text);
  } catch {
    return undefined;
  }
}

/** The object that a text is; undefined where it is none. Nothing is the empty object. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  const value = jsonIn(text.trim() || '{}');
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
