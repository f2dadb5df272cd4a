import { hasDotSegment } from './dot-segment';
import { RenderFault } from './faults';
import { refuseLongUrl } from './url-places';
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

/** A form field's name: unchanged if it has brackets, as in `recipient[city]` (G6), else encoded like a value. */
export function encodeFieldName(name: string): string {
  return urlEncode(name).replaceAll('%5B', '[').replaceAll('%5D', ']');
}

/**
 * A value as one segment of a URL's path (B143): percent-encoded, including slashes. Throws RenderFault for a value
 * that cannot be a segment: an empty one, and one that could be read as `.` or `..`.
 */
export function pathSegment(value: unknown): string {
  const text = textOf(value);
  refuseLongUrl(text);
  const segment = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));
  if (segment !== '' && !hasDotSegment(segment)) return segment;
  throw new RenderFault(
    'invalid_url',
    'A placeholder in the path is empty, “.” or “..”, which cannot be a path segment.',
  );
}
