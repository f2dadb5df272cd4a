import { isDeepStrictEqual } from 'node:util';
import { isFalsy, isNothing, memberOf, textOf } from './template-values';
import { pathSegment, urlEncode } from './url-encode';

/** What a helper is called with besides its values. */
export interface Call {
  /** Its named values, `{{helper x name=value}}`. */
  named: Record<string, unknown>;
  /** Milliseconds since the epoch: the moment of the delivery, not of the machine. */
  now: number;
}

/** The two parts of a block, each rendered as often as the helper likes. */
export interface Block {
  /** What `this` means around the block. */
  context: unknown;
  /** Renders the part before `{{else}}`; `locals` are its `@` names, `params` its `as |…|` names. */
  main(context: unknown, locals?: Locals, params?: unknown[]): string;
  otherwise(): string;
}
export type Locals = Partial<Record<'index' | 'key' | 'first' | 'last', unknown>>;

export interface Helper {
  /** How many values it takes, from and to. One that takes none may stand alone, as `{{name}}`. */
  takes: readonly [number, number];
  /** Names of the named values it takes. */
  named?: readonly string[];
  /** Inline, `{{name a b}}` and `(name a b)`. Throws RenderFault where the values cannot be used. */
  value?: (values: unknown[], call: Call) => unknown;
  /**
   * As a block, `{{#name}}…{{/name}}`. With `text` the inside is plain text and becomes the first value of
   * `value`, whose result stands where the block stood. A function decides which parts are rendered, in the
   * very place where the block stands.
   */
  block?: 'text' | ((values: unknown[], block: Block) => string);
  /** How many `as |…|` names its block gives. */
  blockParams?: number;
}

function each([items]: unknown[], block: Block): string {
  const entries = typeof items === 'object' && items !== null ? Object.entries(items) : [];
  if (entries.length === 0) return block.otherwise();
  let text = '';
  for (const [index, [key, item]] of entries.entries()) {
    const name = Array.isArray(items) ? index : key;
    const locals = { index, key: name, first: index === 0, last: index === entries.length - 1 };
    text += block.main(item, locals, [item, name]);
  }
  return text;
}

/** `#with` enters a 0 that is there, as Handlebars does. */
function enter([value]: unknown[], block: Block): string {
  return isFalsy(value) && value !== 0 ? block.otherwise() : block.main(value, undefined, [value]);
}

/** Equal by value across types: `"100"` is 100 and `"1.50"` is 1.5, but the texts `"007"` and `"7"` differ. */
function sameValue(a: unknown, b: unknown): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeof a === 'object' || typeof b === 'object') return isDeepStrictEqual(a, b);
  if (typeof a === 'number' || typeof b === 'number') {
    return textOf(a) === textOf(b) || (isNumeric(a) && isNumeric(b) && Number(a) === Number(b));
  }
  return textOf(a) === textOf(b);
}

function isNumeric(value: unknown): boolean {
  return /^[+-]?\d+(\.\d+)?$/.test(textOf(value));
}

const chosen = (condition: boolean, block: Block): string =>
  condition ? block.main(block.context) : block.otherwise();

/** Every helper that a template can name (spec.md, section 4). A new one is one row. */
export const HELPERS: Readonly<Record<string, Helper>> = {
  if: { takes: [1, 1], block: ([value], block) => chosen(!isFalsy(value), block) },
  unless: { takes: [1, 1], block: ([value], block) => chosen(isFalsy(value), block) },
  ifEq: { takes: [2, 2], block: ([a, b], block) => chosen(sameValue(a, b), block) },
  each: { takes: [1, 1], block: each, blockParams: 2 },
  with: { takes: [1, 1], block: enter, blockParams: 1 },
  lookup: { takes: [2, 2], value: ([value, name]) => memberOf(value, textOf(name)) },
  defaultIfEmpty: {
    takes: [2, 2],
    value: ([value, fallback]) => (isNothing(value) || value === '' ? fallback : value),
  },
  pathSegment: { takes: [1, 1], value: ([value]) => pathSegment(value) },
  urlEncode: { takes: [1, 1], value: ([value]) => urlEncode(textOf(value)), block: 'text' },
};

export function helperNamed(name: string): Helper | undefined {
  return Object.hasOwn(HELPERS, name) ? HELPERS[name] : undefined;
}
