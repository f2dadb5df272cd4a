import { hasDotSegment } from './dot-segment';
import { RenderFault } from './faults';

/*
 * Where in a URL a value stands is known only once it is rendered: a block may or may not bring the slash that ends the
 * host. So tags mark what they write, and the marks are read and removed at the end.
 */

/** Around a value. Neither a value nor the plain text of a URL may contain them. */
const [OPEN, CLOSE] = ['\u0001', '\u0002'];

export function markValue(text: string): string {
  return OPEN + text + CLOSE;
}

/** Characters that URL parsers drop, which only the text of the template may contain. */
const DROPPED = /[\t\n\r]/g;

/** Whether text is free of characters that no URL has. */
export function isUrlText(text: string): boolean {
  return !/\p{Cc}/u.test(text.replace(DROPPED, ''));
}

/** Longer than any that a server takes, in characters. */
const LONGEST_URL = 65_536;

/** Throws RenderFault for a URL, or a part of one, that is too long to be looked at. */
export function refuseLongUrl(text: string): void {
  if (text.length <= LONGEST_URL) return;
  throw new RenderFault(
    'invalid_url',
    'The URL rendered to more than 64 KiB, which no server takes. Send long values in the body.',
  );
}

type Place = 'host' | 'path' | 'query' | 'fragment';

/** The URL read so far. */
interface Reading {
  place: Place;
  text: string;
  /** The current segment of the path, and whether a value is a part of it or begins it. */
  segment: string;
  hasValue: boolean;
}

/**
 * The URL without its marks, each value in its place: it chooses neither another host nor, by being nothing, `.` or
 * `..`, another resource, and it does not end the path or a parameter of the query. Throws RenderFault.
 */
export function placeValues(marked: string): string {
  refuseLongUrl(marked);
  const [scheme = ''] = /^https?:\/\/[/\\]*/i.exec(marked) ?? [];
  const reading: Reading = { place: 'host', text: scheme, segment: '', hasValue: false };
  for (const piece of marked.slice(scheme.length).split(OPEN)) {
    const end = piece.indexOf(CLOSE);
    if (end >= 0) readValue(reading, piece.slice(0, end));
    readText(reading, piece.slice(end + 1).replace(DROPPED, ''));
  }
  if (reading.place === 'path') endSegment(reading);
  return reading.text;
}

/** What ends a place in the text of a template. URL parsers treat a backslash as a slash. */
const ENDS: Record<Place, RegExp> = { host: /[/\\?#]/, path: /[/\\?#]/, query: /#/, fragment: /(?!)/ };

function readText(reading: Reading, text: string): void {
  let rest = text;
  for (let end = rest.search(ENDS[reading.place]); end >= 0; end = rest.search(ENDS[reading.place])) {
    write(reading, rest.slice(0, end));
    if (reading.place === 'path') endSegment(reading);
    reading.text += rest[end];
    reading.place = PLACE_AFTER[rest[end]!] ?? 'path';
    rest = rest.slice(end + 1);
  }
  write(reading, rest);
}

const PLACE_AFTER: Record<string, Place> = { '?': 'query', '#': 'fragment' };

function write(reading: Reading, text: string): void {
  if (reading.place === 'path') reading.segment += text;
  else reading.text += text;
}

function readValue(reading: Reading, value: string): void {
  switch (reading.place) {
    case 'host':
      return write(reading, hostPart(value));
    case 'path':
      return readPathValue(reading, value);
    case 'query':
      return write(reading, value.replace(/[ &;=#]/g, encodeURIComponent));
    case 'fragment':
      return write(reading, value);
  }
}

/** A slash in a value begins another segment, which must be one as well. */
function readPathValue(reading: Reading, value: string): void {
  value
    .replace(/[ ?#\\]/g, encodeURIComponent)
    .split('/')
    .forEach((part, index) => {
      if (index > 0) {
        endSegment(reading);
        reading.text += '/';
      }
      reading.segment += part;
      reading.hasValue = true;
    });
}

function endSegment(reading: Reading): void {
  const { segment, hasValue } = reading;
  if (hasValue && (segment === '' || hasDotSegment(segment))) throw otherResource();
  reading.text += segment;
  reading.segment = '';
  reading.hasValue = false;
}

function hostPart(value: string): string {
  if (/^[A-Za-z0-9.-]+$/.test(value)) return value;
  const message =
    value === ''
      ? 'A tag in the host of the URL resolved to nothing.'
      : 'A tag in the host of the URL rendered to more than letters, digits, dots and hyphens.';
  throw new RenderFault('invalid_url', message);
}

function otherResource(): RenderFault {
  return new RenderFault(
    'invalid_url',
    'A tag in the path of the URL rendered to nothing, or to “.” or “..”, also encoded. The request would go to another resource.',
  );
}
