import { isDeeperThan } from '../domain/lossless-json';

/** Where a text stops being valid JSON: the offset, and what was expected there. */
export interface JsonFault {
  offset: number;
  due: string;
}

/** A run of plain characters is read in one way only: a string that is not closed would be tried in each. */
const TOKEN =
  /([{}[\],:])|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\r\n]*/y;

/** Deeper JSON could not be serialised again, and receivers would not parse it. */
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

/** What may follow each token. */
const AFTER_SIGN: Partial<Record<Expected, Record<string, Step>>> = {
  value: { '{': 'open', '[': 'open' },
  firstValue: { '{': 'open', '[': 'open', ']': 'close' },
  firstKey: { '}': 'close' },
  colon: { ':': 'value' },
  memberEnd: { ',': 'key', '}': 'close' },
  itemEnd: { ',': 'value', ']': 'close' },
};

/** Whether JSON text is nested too deeply; the result is meaningless for other text. */
export function isTooDeep(text: string): boolean {
  return isDeeperThan(MAX_DEPTH, text);
}

/**
 * Finds where a text stops being JSON. `JSON.parse` only says whether it is JSON: its message quotes the text around
 * the fault, which may be user data, and the position in it differs between versions of Node.
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
