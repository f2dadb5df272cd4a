type Fields = Record<string, unknown>;

/**
 * Compares what is expected with what is there: of an object the fields that are named, of a list all items in their
 * order. A step of a path may be written as its tile's id, the text of a body as JSON.
 */
export function differencesBetween(expected: unknown, actual: unknown, path = ''): string[] {
  if (Array.isArray(expected)) return differencesOfLists(expected, actual, path);
  if (isObject(expected)) {
    const fields = fieldsOf(actual);
    if (fields === undefined) return [difference(path, expected, actual)];
    return Object.entries(expected).flatMap(([name, value]) =>
      differencesBetween(value, fields[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (typeof expected === 'string' && isObject(actual) && 'tileId' in actual) {
    return differencesBetween(expected, actual.tileId, path);
  }
  return expected === actual || (expected === null && actual === undefined)
    ? []
    : [difference(path, expected, actual)];
}

function differencesOfLists(expected: unknown[], actual: unknown, path: string): string[] {
  if (!Array.isArray(actual)) return [difference(path, expected, actual)];
  const items = expected
    .slice(0, actual.length)
    .flatMap((item, index) => differencesBetween(item, actual[index], `${path}[${index}]`));
  const missing = expected
    .slice(actual.length)
    .map((item, index) => difference(`${path}[${actual.length + index}]`, item, undefined));
  const extra = actual
    .slice(expected.length)
    .map((item, index) => difference(`${path}[${expected.length + index}]`, undefined, item));
  return [...items, ...missing, ...extra];
}

/** The fields of an object, or of a text of JSON. */
function fieldsOf(value: unknown): Fields | undefined {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LONGEST = 200;

function difference(path: string, expected: unknown, actual: unknown): string {
  return `${path}: expected ${shown(expected)}, but there is ${shown(actual)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(isObject(value) && 'tileId' in value ? value.tileId : value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
