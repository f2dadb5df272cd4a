import { faultAt, type Location } from './faults';
import {
  JSON_START,
  afterJsonTag,
  afterJsonText,
  joinJson,
  jsonMode,
  type JsonContext,
} from './json-context';
import type { Mode } from './outputs';
import { isUrlText } from './url-places';

/** The place that a template is written for. */
export type TemplateKind = 'url' | 'header' | 'form' | 'parameter' | 'json';

/** The current place in the walk through a template. Plain text, tags and blocks advance it. */
export type EscapeContext = { in: 'text' | 'header' | 'scheme' | 'url' } | JsonContext;

export const TEXT: EscapeContext = { in: 'text' };

/** The context at the start of each kind of template. */
export const START: Record<TemplateKind, EscapeContext> = {
  url: { in: 'scheme' },
  header: { in: 'header' },
  form: TEXT,
  parameter: TEXT,
  json: JSON_START,
};

/** Tab and the printable part of Latin-1: all that is allowed in a header value. */
export const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws TemplateFault for text that is not allowed here. */
export function afterText(context: EscapeContext, text: string, location: Location): EscapeContext {
  switch (context.in) {
    case 'json':
      return afterJsonText(context, text, location);
    case 'header':
      if (HEADER_VALUE.test(text)) return context;
      throw faultAt(
        location,
        'A header value must be one line of Latin-1 text. Remove all other characters.',
      );
    case 'scheme': {
      const [scheme] = /^https?:\/\//i.exec(text) ?? [];
      if (scheme === undefined) throw noScheme(location);
      return afterText({ in: 'url' }, text, location);
    }
    case 'url':
      if (isUrlText(text)) return context;
      throw faultAt(location, 'A URL cannot contain control characters. Remove them.');
    case 'text':
      return context;
  }
}

/** How to write the value of a tag at this place, followed by the plain text `following`. */
export function modeAt(context: EscapeContext, following: string | undefined, location: Location): Mode {
  switch (context.in) {
    case 'json':
      return jsonMode(context, following);
    case 'scheme':
      throw noScheme(location);
    case 'url':
      return 'url';
    case 'header':
    case 'text':
      return 'text';
  }
}

export function afterTag(context: EscapeContext): EscapeContext {
  return context.in === 'json' ? afterJsonTag(context) : context;
}

/** The context after a block that starts at `before`; any of its parts, which end at `ends`, may be rendered. */
export function join(before: EscapeContext, ends: EscapeContext[], location: Location): EscapeContext {
  if (before.in === 'json') return joinJson(before, ends as JsonContext[], location);
  if (before.in === 'scheme') throw noScheme(location);
  return ends[0] ?? before;
}

/** Throws TemplateFault if a template cannot end here. */
export function finish(context: EscapeContext, location: Location): void {
  if (context.in === 'scheme') throw noScheme(location);
  if (context.in === 'json' && context.inString) {
    throw faultAt(location, 'A string of the JSON body is not closed. Add the missing ".');
  }
}

function noScheme(location: Location) {
  return faultAt(location, 'A URL starts with https:// (or http://) as plain text, before any tag.');
}
