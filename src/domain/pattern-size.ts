/** Flags; text between \Q and \E; an escape; a class of characters; a counted repetition; any other character. */
const PART =
  /\(\?[A-Za-z-]*\)|\\Q[^]*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\[^]?|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]?|\{\d+(?:,\d*)?\}|[^]/y;

/** A class by a property of Unicode, such as `\pL`, is a long list: reading it takes as long as so many instructions. */
const PROPERTY = 50;

/**
 * The most instructions that a pattern of RE2's syntax can compile to: what stands in a counted repetition, as in
 * `(?:a{1,30}b?){1,20}`, is compiled as often as it may occur. Takes no longer than reading the pattern.
 */
export function patternSize(pattern: string): number {
  /** The groups that are open: the size of what they have so far, and of the last part, which can be repeated. */
  const open = [{ before: 3, last: 0 }];
  const add = (size: number): void => {
    const group = open.at(-1)!;
    group.before += group.last;
    group.last = size;
  };
  for (const part of partsOf(pattern)) {
    const group = open.at(-1)!;
    if (part === '(') open.push({ before: 2, last: 0 });
    else if (part === ')') {
      if (open.length > 1) open.pop();
      add(group.before + group.last);
    } else if (/^[*+?]$/.test(part)) group.last += 2;
    else if (/^\{\d/.test(part)) group.last = (group.last + 2) * mostTimes(part);
    else if (part === '|') add(2);
    else if (!part.startsWith('(?')) add(part.startsWith('\\Q') ? part.length : 1);
  }
  const properties = pattern.match(/\\[pP]/g)?.length ?? 0;
  return open.reduce((sum, { before, last }) => sum + before + last, properties * PROPERTY);
}

function* partsOf(pattern: string): Generator<string> {
  PART.lastIndex = 0;
  for (let at = 0; at < pattern.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    yield PART.exec(pattern)![0];
  }
}

/** How often `{3}`, `{3,}` and `{3,5}` compile what they repeat. */
function mostTimes(repetition: string): number {
  const [least, most] = repetition.slice(1, -1).split(',') as [string, string?];
  return Math.max(1, most === '' ? Number(least) + 1 : Number(most ?? least));
}
