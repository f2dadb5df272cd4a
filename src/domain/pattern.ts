import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';

const MAX_PATTERN = 500;
const MOST_WORK = 1_000_000;

/** Only a few, because a compiled pattern may take up 8 MiB. */
const compiled = new LRUCache<string, RE2JS>({ max: 8 });

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

function regexOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  if (pattern.length > MAX_PATTERN) {
    throw new PatternFault(`its pattern has more than ${MAX_PATTERN} characters.`);
  }
  try {
    const regex = RE2JS.compile(pattern);
    compiled.set(pattern, regex);
    return regex;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternFault('its pattern is not valid in RE2, which has no lookaround or backreferences.');
  }
}
