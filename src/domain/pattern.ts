import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';

const MAX_PATTERN = 500;
const MOST_WORK = 1_000_000;

/** Few, because a compiled pattern may keep 8 MiB. */
const compiled = new LRUCache<string, RE2JS>({ max: 8 });

/** A pattern that cannot be used, or takes too long for the text. The message holds no part of either. */
export class PatternFault extends Error {}

/**
 * Whether a pattern matches a whole text, case and all. The patterns are RE2's, close to Java's but without
 * lookaround and back references, so that time grows with the text alone. `mostWork` bounds the pattern's
 * instructions times the text's characters; a million is some 40 ms. Throws PatternFault.
 */
export function matchesWhole(text: string, pattern: string, mostWork = MOST_WORK): boolean {
  const regex = regexOf(pattern);
  if (regex.programSize() * text.length > mostWork) {
    throw new PatternFault('its pattern is too large for a text of this length. Shorten either.');
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
    throw new PatternFault(
      'its pattern cannot be read by RE2. Lookaround and back references are not supported.',
    );
  }
}
