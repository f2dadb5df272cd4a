import { RenderFault } from './faults';
import { markValue } from './url-places';
import { NOTHING, isNothing, jsonOf, textOf } from './values';

/**
 * How a tag's value is written, by the place of the tag. A written value can never break out of its place.
 * Bare JSON is surrounded by spaces, so that two adjacent values never become one.
 */
export const OUTPUTS = {
  text: textOf,
  /** The whole of a form value. */
  whole: (value: unknown) => (isNothing(value) ? NOTHING : textOf(value)),
  /** Marked, so that its place is known once the whole URL is rendered. */
  url: (value: unknown) => markValue(urlPart(textOf(value))),
  json: (value: unknown) => ` ${value === undefined ? 'null' : jsonOf(value)} `,
  /** The whole value of a member of an object: an explicit null is a value, a missing value is not. */
  jsonMember: (value: unknown) => ` ${jsonOf(value === undefined ? NOTHING : value)} `,
  jsonText: (value: unknown) => escapeJson(textOf(value)),
  /** The same inside quotes, where there is no null. */
  jsonMemberText: (value: unknown) => (isNothing(value) ? NOTHING : escapeJson(textOf(value))),
};

export type Mode = keyof typeof OUTPUTS;

function escapeJson(text: string): string {
  return jsonOf(text).slice(1, -1);
}

/** URL parsers silently drop tabs and line breaks: sending no request is better than one that lost characters. */
function urlPart(text: string): string {
  if (!/\p{Cc}/u.test(text)) return text;
  throw new RenderFault(
    'invalid_url',
    'A tag in the URL rendered to a control character. Wrap it in {{#urlEncode}}…{{/urlEncode}}.',
  );
}
