import { isLosslessNumber, isSafeNumber, LosslessNumber, stringify } from 'lossless-json';

/** A number of more digits than a JavaScript number holds, as it was written: 7615917337495251231. */
export type ExactNumber = LosslessNumber;

export const isExactNumber: (value: unknown) => value is ExactNumber = isLosslessNumber;

/** An object of JSON: no list, and no number. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** A list or an object of JSON, whose members can be read. */
export function isJsonContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isExactNumber(value);
}

/**
 * Parses JSON as `JSON.parse` does, but keeps each digit: a number that JavaScript would round, such as an id above
 * 2^53, becomes an `ExactNumber`. All data from outside and from the database is read by it, and written by `writeJson`.
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return LONG_NUMBER.test(text) ? withExactNumbers(text, value) : value;
}

/** As `JSON.stringify`, with the digits of an `ExactNumber`. */
export function writeJson(value: unknown): string {
  return hasExactNumber(value) ? stringify(value)! : JSON.stringify(value);
}

/** The value of a number of JSON: itself where JavaScript holds it, else its digits. */
export function readNumber(digits: string): number | ExactNumber {
  return isSafeNumber(digits) ? Number(digits) : new LosslessNumber(digits);
}

/** Sixteen digits or a great exponent: what is shorter is never rounded. May also be found in a string. */
const LONG_NUMBER = /(?:^|[:,[\s])-?\d(?:[\d.]{15}|[\d.]{0,15}[eE][+-]?\d\d)/;

/** A number as `LONG_NUMBER` has it. */
const MAY_BE_UNSAFE = /[\d.]{16}|[eE][+-]?\d\d/;

/** From here on, every whole number is unsafe. */
const FIRST_UNSAFE = 2 ** 53;

/**
 * The native parser is ten times as fast as one in JavaScript, so it reads this text too, with each unsafe number
 * replaced by one that names its place in a list. No other number of the text is as great as those.
 */
function withExactNumbers(text: string, value: unknown): unknown {
  const exact: ExactNumber[] = [];
  let replaced = '';
  let from = 0;
  for (const { at, digits } of numbersIn(text)) {
    if (!MAY_BE_UNSAFE.test(digits)) continue;
    const number = readNumber(digits);
    if (typeof number === 'number') continue;
    replaced += text.slice(from, at) + String(FIRST_UNSAFE + 2 * exact.length);
    from = at + digits.length;
    exact.push(number);
  }
  if (exact.length === 0) return value;
  const root = { value: JSON.parse(replaced + text.slice(from)) as unknown };
  putBack(root, exact);
  return root.value;
}

const NUMBER = /-?\d[\d.eE+-]*/y;

function* numbersIn(text: string): Generator<{ at: number; digits: string }> {
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfString(text, at);
    else if (sign === MINUS || (sign >= ZERO && sign <= NINE)) {
      NUMBER.lastIndex = at;
      const [digits] = NUMBER.exec(text)!;
      yield { at, digits };
      at += digits.length - 1;
    }
  }
}

function putBack(root: object, exact: ExactNumber[]): void {
  const waiting = [root as Record<string, unknown>];
  while (waiting.length > 0) {
    const container = waiting.pop()!;
    const visit = (name: string | number): void => {
      const value = container[name];
      if (typeof value === 'number' && value >= FIRST_UNSAFE) {
        container[name] = exact[(value - FIRST_UNSAFE) / 2]!;
      } else if (typeof value === 'object' && value !== null) {
        waiting.push(value as Record<string, unknown>);
      }
    };
    // A list may have millions of items: no names are made for them.
    if (Array.isArray(container)) for (let index = 0; index < container.length; index += 1) visit(index);
    else for (const name of Object.keys(container)) visit(name);
  }
}

/** Whether a value has an `ExactNumber` anywhere in it. */
export function hasExactNumber(value: unknown): boolean {
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (isExactNumber(next)) return true;
    if (typeof next !== 'object' || next === null) continue;
    for (const inner of Array.isArray(next) ? (next as unknown[]) : Object.values(next)) {
      if (typeof inner === 'object') waiting.push(inner);
    }
  }
  return false;
}

/** Whether JSON text is nested deeper than so many levels; the result is meaningless for other text. */
export function isDeeperThan(levels: number, text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfString(text, at);
    else if (sign === OPEN_BRACE || sign === OPEN_BRACKET) depth += 1;
    else if (sign === CLOSE_BRACE || sign === CLOSE_BRACKET) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}

/** The most values of one JSON text: parsing and checking more would hold the event loop for too long. */
export const MOST_VALUES = 150_000;

/**
 * Whether JSON text has more values than that; members and items count, and numbers of many digits twice. The result is
 * meaningless for other text.
 */
export function hasTooManyValues(text: string): boolean {
  // Each value takes at least two characters.
  if (text.length <= 2 * MOST_VALUES) return false;
  let [values, digits] = [0, 0];
  for (let at = 0; at < text.length && values <= MOST_VALUES; at += 1) {
    const sign = text.charCodeAt(at);
    digits = sign >= ZERO && sign <= NINE ? digits + 1 : 0;
    if (digits === LONG_DIGITS) values += 1;
    if (sign === QUOTE) at = endOfString(text, at);
    else if (sign === COMMA || sign === OPEN_BRACE || sign === OPEN_BRACKET) values += 1;
  }
  return values > MOST_VALUES;
}

const LONG_DIGITS = 16;
const COMMA = 0x2c;
const [QUOTE, BACKSLASH, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2d, 0x30, 0x39];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The end of the JSON string that starts at `start`; the end of the text if the string is not closed. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((end - escapes) % 2 === 0) return end;
  }
  return text.length;
}
