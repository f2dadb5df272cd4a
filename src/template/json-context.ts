import { faultAt, type Location } from './faults';
import type { Mode } from './outputs';

/** The current place in a walk through the text of a JSON body (G8). */
export interface JsonContext {
  in: 'json';
  inString: boolean;
  /** At the start of a string. */
  fresh: boolean;
  /** The last character outside strings; empty at the start, and after a block whose branches differ in it. */
  last: string;
}

export const JSON_START: JsonContext = { in: 'json', inString: false, fresh: false, last: '' };

const STRING_PART = /(?:[^"\\]+|\\u[0-9a-fA-F]{4}|\\[^u])*/y;

/** Reads plain text. Throws TemplateFault for a backslash in a string that escapes nothing, or that precedes a tag. */
export function afterJsonText(context: JsonContext, text: string, location: Location): JsonContext {
  let { inString, fresh, last } = context;
  for (let at = 0; at < text.length;) {
    const quote = inString ? endOfStringPart(text, at, location) : text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    if (inString) fresh &&= end === at;
    else last = text.slice(at, end).trimEnd().at(-1) ?? last;
    if (end < text.length) {
      if (inString) last = '"';
      inString = !inString;
      fresh = inString;
    }
    at = end + 1;
  }
  return { in: 'json', inString, fresh, last };
}

function endOfStringPart(text: string, from: number, location: Location): number {
  STRING_PART.lastIndex = from;
  STRING_PART.exec(text);
  const end = STRING_PART.lastIndex;
  if (text[end] !== '\\') return end;
  throw faultAt(
    location,
    'A string of the JSON body has a backslash that escapes nothing. Write \\\\ for a backslash, and do not put one before a tag.',
  );
}

export function afterJsonTag(context: JsonContext): JsonContext {
  return context.inString ? { ...context, fresh: false } : { ...context, last: 'value' };
}

/** `following` is the plain text right after the tag; undefined at the end of a block part, or before another tag. */
export function jsonMode(context: JsonContext, following: string | undefined): Mode {
  const member = context.last === ':';
  if (!context.inString) return member ? 'jsonMember' : 'json';
  return member && context.fresh && following?.startsWith('"') ? 'jsonMemberText' : 'jsonText';
}

/** The context after a block whose parts end in `ends`. Throws TemplateFault if one of them opens or closes a string. */
export function joinJson(before: JsonContext, ends: JsonContext[], location: Location): JsonContext {
  if (ends.some((end) => end.inString !== before.inString)) {
    throw faultAt(
      location,
      'A part of this block opens a string of the JSON body without closing it, or closes one that it did not open. Put both quotes inside the block, or both outside.',
    );
  }
  const [first] = ends;
  const last = ends.every((end) => end.last === first?.last) ? (first?.last ?? '') : '';
  return { in: 'json', inString: before.inString, fresh: false, last };
}
