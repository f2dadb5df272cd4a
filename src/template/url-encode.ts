import { RenderFault } from './faults';
import { textOf } from './values';

/**
 * java.net.URLEncoder with UTF-8 (B047, B052): letters, digits and `.` `-` `*` `_` stay, a space becomes `+`,
 * every other byte `%XX`. Half of a surrogate pair, which UTF-8 cannot encode, becomes a question mark.
 */
export function urlEncode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'))
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** A form field's name: as typed where it has brackets, `recipient[city]` (G6), else encoded like a value. */
export function encodeFieldName(name: string): string {
  return urlEncode(name).replaceAll('%5B', '[').replaceAll('%5D', ']');
}

/**
 * A value as one segment of a URL's path (B143): percent-encoded, its slashes too. Throws RenderFault for
 * what cannot be a segment: nothing at all, and the dots that lead to another path.
 */
export function pathSegment(value: unknown): string {
  const segment = encodeURIComponent(textOf(value).replace(/\p{Surrogate}/gu, '?'));
  if (segment !== '' && segment !== '.' && segment !== '..') return segment;
  throw new RenderFault(
    'invalid_url',
    'A placeholder in the path resolved to a value that cannot be a part of a path.',
  );
}
