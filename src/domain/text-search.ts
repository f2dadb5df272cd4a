/*
 * Search for texts that come from outside. JavaScript's own search takes time in proportion to the product of both
 * lengths where a long part almost occurs everywhere: half a minute for one MiB.
 */

/** Up to so many characters, JavaScript's own search takes linear time, and is faster. */
const SHORT = 250;

export function includesText(text: string, part: string): boolean {
  return part.length <= SHORT ? text.includes(part) : !placesOf(text, part).next().done;
}

/** As `text.split(part)`, for a part that is not empty. */
export function splitText(text: string, part: string): string[] {
  if (part.length <= SHORT) return text.split(part);
  const pieces: string[] = [];
  let from = 0;
  for (const at of placesOf(text, part)) {
    pieces.push(text.slice(from, at));
    from = at + part.length;
  }
  return [...pieces, text.slice(from)];
}

/** How long the longest beginning of a part, but not the whole, is with which the text ends. */
export function lengthOfStartAtEnd(text: string, part: string): number {
  const beginning = part.slice(0, text.length + 1);
  const fallbacks = fallbacksOf(beginning);
  let length = 0;
  for (let at = Math.max(0, text.length - part.length + 1); at < text.length; at += 1) {
    length = grown(beginning, fallbacks, length, text.charCodeAt(at));
  }
  return length;
}

/** Where a part occurs, without those that overlap the one before: the search of Knuth, Morris and Pratt. */
function* placesOf(text: string, part: string): Generator<number> {
  if (part.length > text.length) return;
  const fallbacks = fallbacksOf(part);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    length = grown(part, fallbacks, length, text.charCodeAt(at));
    if (length < part.length) continue;
    yield at + 1 - length;
    length = 0;
  }
}

/** For each beginning of a part, the length of its longest shorter one with which it ends. */
function fallbacksOf(part: string): Int32Array {
  const fallbacks = new Int32Array(part.length + 1);
  for (let length = 1, shorter = 0; length < part.length; length += 1) {
    shorter = grown(part, fallbacks, shorter, part.charCodeAt(length));
    fallbacks[length + 1] = shorter;
  }
  return fallbacks;
}

/** How much of the part the text ends with, after one more character. */
function grown(part: string, fallbacks: Int32Array, length: number, character: number): number {
  while (length > 0 && part.charCodeAt(length) !== character) length = fallbacks[length]!;
  return part.charCodeAt(length) === character ? length + 1 : 0;
}
