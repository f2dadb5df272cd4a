/** Where a text stops being JSON: the offset, and what was expected there. */
export interface JsonFault {
  offset: number;
  due: string;
}

const TOKEN =
  /([{}[\],:])|"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\r\n]*/y;

/** JSON nested deeper than this could overflow the stack. */
const MAX_DEPTH = 100;

const DUE = {
  value: 'a value',
  firstValue: 'a value or ]',
  key: 'a key in quotes',
  firstKey: 'a key in quotes or }',
  colon: 'a colon',
  memberEnd: 'a comma or }',
  itemEnd: 'a comma or ]',
  end: 'the end',
} as const;
type Expected = keyof typeof DUE;
type Step = Expected | 'open' | 'close' | 'value end';

/** What follows each punctuation character, where that character is allowed. */
const AFTER_SIGN: Partial<Record<Expected, Record<string, Step>>> = {
  value: { '{': 'open', '[': 'open' },
  firstValue: { '{': 'open', '[': 'open', ']': 'close' },
  firstKey: { '}': 'close' },
  colon: { ':': 'value' },
  memberEnd: { ',': 'key', '}': 'close' },
  itemEnd: { ',': 'value', ']': 'close' },
};

/** Whether JSON text is nested too deeply; the result for other text is arbitrary. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfString(text, at);
    else if (sign === OPEN_BRACE || sign === OPEN_BRACKET) depth += 1;
    else if (sign === CLOSE_BRACE || sign === CLOSE_BRACKET) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The offset of the quote that closes the string starting at `start`; the length of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((end - escapes) % 2 === 0) return end;
  }
  return text.length;
}

/**
 * Finds where a text stops being JSON. The message of `JSON.parse` quotes the text around the fault, which may be user
 * data, and gives the location differently in each version of Node.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: string[] = [];
  const afterValue = (): Expected =>
    open.length === 0 ? 'end' : open.at(-1) === '{' ? 'memberEnd' : 'itemEnd';
  let expected: Expected = 'value';
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    const next: Step | undefined = token ? follow(expected, token[0], token[1]) : undefined;
    if (token === null || next === undefined) return { offset: at, due: DUE[expected] };
    if (next === 'open') {
      if (open.push(token[0]) > MAX_DEPTH) {
        return { offset: at, due: `no more than ${MAX_DEPTH} levels of nesting` };
      }
      expected = token[0] === '{' ? 'firstKey' : 'firstValue';
    } else if (next === 'close') {
      open.pop();
      expected = afterValue();
    } else {
      expected = next === 'value end' ? afterValue() : next;
    }
  }
  return expected === 'end' ? undefined : { offset: text.length, due: DUE[expected] };
}

function follow(expected: Expected, token: string, sign: string | undefined): Step | undefined {
  if (sign !== undefined) return AFTER_SIGN[expected]?.[sign];
  if (expected === 'value' || expected === 'firstValue') return 'value end';
  return (expected === 'key' || expected === 'firstKey') && token.startsWith('"') ? 'colon' : undefined;
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(text);
  return SPACE.lastIndex;
}
