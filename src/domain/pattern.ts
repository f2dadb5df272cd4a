import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';
import { patternSize } from './pattern-size';

const LONGEST_PATTERN = 500;
/** Compiling takes about 5 ms for a thousand. */
const MOST_INSTRUCTIONS = 5_000;
const MOST_WORK = 1_000_000;

/** Instructions of patterns that are compiled together, such as those of one condition. */
const MOST_TOGETHER = 20_000;
const LEAST_COUNTED = 400;
export const MOST_PATTERNS = MOST_TOGETHER / LEAST_COUNTED;

/** Memory of a compiled pattern for what it learns from texts, in bytes. */
const MOST_LEARNT = 262_144;
const compiled = new LRUCache<string, RE2JS>({
  max: 4 * MOST_PATTERNS,
  maxSize: 4 * MOST_TOGETHER,
  sizeCalculation: (regex) => regex.programSize(),
});

/** A pattern that is invalid, or takes too long for the text. The message quotes neither. */
export class PatternFault extends Error {}

/**
 * Whether a pattern matches a whole text, case-sensitively. Patterns use RE2's syntax, close to Java's but without
 * lookaround and backreferences, so that matching takes linear time. `mostWork` limits the product of the pattern's
 * instructions and the text's characters; a million takes about 40 ms. Throws PatternFault.
 */
export function matchesWhole(text: string, pattern: string, mostWork = MOST_WORK): boolean {
  const regex = regexOf(pattern);
  if (regex.programSize() * text.length > mostWork) {
    throw new PatternFault('its pattern is too complex for a text of this length. Shorten either.');
  }
  return regex.matches(text);
}

/** What is wrong with a pattern, or undefined. */
export function patternFault(pattern: string): string | undefined {
  try {
    regexOf(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternFault) return error.message;
    throw error;
  }
}

/**
 * Whether patterns are too many, or too large together, to be compiled at once: at most 50, and fewer if they are large.
 * `counted` are instructions of others, and grows by those of these.
 */
export function areTooMany(patterns: string[], counted: { instructions: number }): boolean {
  for (const pattern of patterns) {
    // A larger one is refused by itself, and not compiled.
    const size = Math.min(patternSize(pattern), MOST_INSTRUCTIONS);
    counted.instructions += Math.max(size, LEAST_COUNTED);
  }
  return counted.instructions > MOST_TOGETHER;
}

/** Checked before it is compiled: a short pattern can stand for a program of megabytes. */
function regexOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  if (pattern.length > LONGEST_PATTERN) {
    throw new PatternFault(`its pattern has more than ${LONGEST_PATTERN} characters.`);
  }
  if (patternSize(pattern) > MOST_INSTRUCTIONS) {
    throw new PatternFault('its pattern repeats too much. Lower the numbers in braces, as in {1,100}.');
  }
  const regex = compile(pattern);
  compiled.set(pattern, regex);
  return regex;
}

function compile(pattern: string): RE2JS {
  try {
    const regex = RE2JS.compile(pattern);
    const { dfa } = regex.re2();
    dfa.stateBudget = dfa.memBudget = MOST_LEARNT;
    return regex;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternFault('its pattern is not valid in RE2, which has no lookaround or backreferences.');
  }
}
