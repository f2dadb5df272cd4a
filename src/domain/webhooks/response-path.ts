/** A key of an object, or an index of an array. */
export type Step = string | number;

const MAX_PATH_LENGTH = 512;
const MAX_STEPS = 32;

/** A bare key, an index up to 999 (the items before it are stored as null), or a key as a JSON string. */
const STEP =
  /(?:^|(?<!^)\.)([^.[\]"\s\p{Cc}]+)|\[(0|[1-9]\d{0,2})\]|\[("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")\]/uy;

/**
 * Parses a path into a response: dots, `[0]` and `["dotted.key"]`, as in `orders[0].lines["unit.price"]`. If the
 * response is an array, the path starts with an index. Returns the steps, or what is wrong with the path.
 */
export function readPath(path: string): { steps: Step[]; fault?: undefined } | { fault: string } {
  if (path === '') return { fault: 'A path names a field of the response, such as order.status.' };
  if (path.length > MAX_PATH_LENGTH) return { fault: `A path has at most ${MAX_PATH_LENGTH} characters.` };
  const steps: Step[] = [];
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const [found, key, index, quoted] = STEP.exec(path) ?? [];
    if (found === undefined) {
      const how = 'Write order.status, items[0].name or ["dotted.key"]; an index is 0 to 999.';
      return { fault: `The path is not valid from character ${at + 1} on. ${how}` };
    }
    steps.push(index !== undefined ? Number(index) : (key ?? (JSON.parse(quoted!) as string)));
  }
  if (steps.length > MAX_STEPS) return { fault: `A path has at most ${MAX_STEPS} steps.` };
  if (steps.includes('__proto__')) return { fault: 'A field called __proto__ cannot be chosen.' };
  return { steps };
}

/** The path that `readPath` parses to these steps; undefined if there is none. */
export function writePath(steps: Step[]): string | undefined {
  const path = steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return BARE_KEY.test(step) ? `${index === 0 ? '' : '.'}${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('');
  return readPath(path).fault === undefined ? path : undefined;
}

const BARE_KEY = /^[^.[\]"\s\p{Cc}]+$/u;
