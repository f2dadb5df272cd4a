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

/** What a template is the text of: it decides how values are escaped. */
export type TemplateKind = 'url' | 'header' | 'form' | 'parameter' | 'json';

/** What surrounds the text or tag that comes next: it decides how a value is escaped there. */
export type EscapeContext = { in: 'text' | 'header' | 'scheme' | 'host' | 'path' } | JsonContext;

export const TEXT: EscapeContext = { in: 'text' };

/** The context in which each kind of template starts. */
export const START: Record<TemplateKind, EscapeContext> = {
  url: { in: 'scheme' },
  header: { in: 'header' },
  form: TEXT,
  parameter: TEXT,
  json: JSON_START,
};

/** Tab and the printable part of latin-1: all that the value of a header can carry. */
export const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws TemplateFault for text that is not allowed in this context. */
export function afterText(context: EscapeContext, text: string, location: Location): EscapeContext {
  switch (context.in) {
    case 'json':
      return afterJsonText(context, text, location);
    case 'header':
      if (HEADER_VALUE.test(text)) return context;
      throw faultAt(location, 'The value of a header is one line of latin-1 text. Remove other characters.');
    case 'scheme': {
      const [scheme] = /^https?:\/\//i.exec(text) ?? [];
      if (scheme === undefined) throw noScheme(location);
      return afterText({ in: 'host' }, text.slice(scheme.length), location);
    }
    case 'host':
      // Parsers of URLs read a backslash as a slash.
      return /[/?#\\]/.test(text) ? { in: 'path' } : context;
    case 'path':
    case 'text':
      return context;
  }
}

/** How to write the value of a tag in this context, before the plain text `following`. */
export function modeAt(context: EscapeContext, following: string | undefined, location: Location): Mode {
  switch (context.in) {
    case 'json':
      return jsonMode(context, following);
    case 'scheme':
      throw noScheme(location);
    case 'host':
      return 'host';
    case 'path':
      return 'url';
    case 'header':
    case 'text':
      return 'text';
  }
}

export function afterTag(context: EscapeContext): EscapeContext {
  return context.in === 'json' ? afterJsonTag(context) : context;
}

/** The context after a block that starts in `before`, and any of whose parts, which end in `ends`, may be rendered. */
export function join(before: EscapeContext, ends: EscapeContext[], location: Location): EscapeContext {
  if (before.in === 'json') return joinJson(before, ends as JsonContext[], location);
  if (before.in === 'scheme') throw noScheme(location);
  // If one part of a block ends in the host, what follows may only use the characters of a host.
  return ends.find((end) => end.in === 'host') ?? ends[0] ?? before;
}

/** Throws TemplateFault if a template cannot end here. */
export function finish(context: EscapeContext, location: Location): void {
  if (context.in === 'scheme') throw noScheme(location);
  if (context.in === 'json' && context.inString) {
    throw faultAt(location, 'A string of the JSON body is not closed. Add the missing ".');
  }
}

function noScheme(location: Location) {
  return faultAt(location, 'A URL begins with https:// (or http://) as plain text, before any tag.');
}
