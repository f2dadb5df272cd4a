import { LRUCache } from 'lru-cache';
import { inZone, offsetAt, type Zone } from '../../domain/time/time-zones';

const MAX_PATTERN = 200;
/** One letter repeated, text in quotes, or one other character; `''` is a quote. */
const PART = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^']/gy;

export const DATE_STYLES = ['full', 'long', 'medium', 'short'] as const;
type Style = (typeof DATE_STYLES)[number];
type Width = 'short' | 'long' | 'narrow';

/** A moment as the clocks of a time zone show it, and the locale to write it in. */
interface Shown {
  instant: number;
  /** The local time as if it were UTC: its fields are read much faster than those of a ZonedDateTime. */
  local: Date;
  zone: Zone;
  locale: string;
}

/** What each letter of a Java pattern writes, by how many of it stand in a row. */
const LETTERS: Record<string, (count: number, shown: Shown) => string> = {
  y: (count, { local }) => year(local.getUTCFullYear(), count),
  M: (count, shown) =>
    count < 3 ? padded(shown.local.getUTCMonth() + 1, count) : monthName(shown, widthOf(count)),
  d: (count, { local }) => padded(local.getUTCDate(), count),
  D: (count, { instant, zone }) => padded(inZone(instant, zone).dayOfYear, count),
  E: (count, { local, locale }) => intl(locale, { weekday: widthOf(count) }).format(local),
  // Monday is 1.
  e: (count, { local }) => padded(local.getUTCDay() || 7, count),
  a: (_count, { local, locale }) =>
    partOf(intl(locale, { hour: 'numeric', hour12: true }), local, 'dayPeriod'),
  H: (count, { local }) => padded(local.getUTCHours(), count),
  k: (count, { local }) => padded(local.getUTCHours() || 24, count),
  K: (count, { local }) => padded(local.getUTCHours() % 12, count),
  h: (count, { local }) => padded(local.getUTCHours() % 12 || 12, count),
  m: (count, { local }) => padded(local.getUTCMinutes(), count),
  s: (count, { local }) => padded(local.getUTCSeconds(), count),
  S: (count, { local }) => padded(local.getUTCMilliseconds(), 3).padEnd(count, '0').slice(0, count),
  z: (count, shown) => zoneName(shown, count),
  Z: (count, { instant, local }) => offsetText(local.getTime() - instant, count),
  w: (count, { instant, zone }) => padded(inZone(instant, zone).weekOfYear!, count),
};

/** Writes a moment in a style, or in a Java pattern in which `formatFault` finds no fault. */
export function formatDate(instant: number, format: string, locale: string, zone: Zone): string {
  const local = new Date(instant + offsetAt(instant, zone));
  if (isStyle(format)) return intl(locale, { dateStyle: format }).format(local);
  const shown = { instant, local, zone, locale };
  return [...format.matchAll(PART)]
    .map(([text, letter, quoted]) => {
      if (letter !== undefined) return LETTERS[letter]!(text.length, shown);
      return quoted === undefined ? text : quoted === '' ? "'" : quoted.replaceAll("''", "'");
    })
    .join('');
}

/** What is wrong with a format, or undefined. */
export function formatFault(format: string): string | undefined {
  if (isStyle(format)) return undefined;
  if (format.length > MAX_PATTERN) return `a date pattern has at most ${MAX_PATTERN} characters.`;
  const parts = [...format.matchAll(PART)];
  if (parts.map(([text]) => text).join('') !== format)
    return 'the date pattern has a quote that is not closed.';
  const unknown = parts.find(([, letter]) => letter !== undefined && !(letter in LETTERS));
  return (
    unknown &&
    `the date pattern has the letter ${unknown[1]}, which has no meaning. Put plain words in single quotes.`
  );
}

function isStyle(format: string): format is Style {
  return (DATE_STYLES as readonly string[]).includes(format);
}

function padded(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

function year(value: number, count: number): string {
  return count === 2 ? padded(value % 100, 2) : padded(value, count);
}

function widthOf(count: number): Width {
  return count < 4 ? 'short' : count === 4 ? 'long' : 'narrow';
}

/** The form that stands beside a day, in languages that have two. */
function monthName({ local, locale }: Shown, month: Width): string {
  const name = partOf(intl(locale, { month, day: 'numeric' }), local, 'month');
  return /^\d+$/.test(name) ? intl(locale, { month }).format(local) : name;
}

function zoneName({ instant, zone, locale }: Shown, count: number): string {
  if (/^[+-]/.test(zone.id)) return `GMT${zone.id}`;
  const timeZoneName = count < 4 ? 'short' : 'long';
  return partOf(intl(locale, { timeZoneName, timeZone: zone.id }), instant, 'timeZoneName');
}

/** `+0130`; with four letters `GMT+01:30`, with five `+01:30`. */
function offsetText(offset: number, count: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const [hours, rest] = [padded(Math.floor(minutes / 60), 2), padded(minutes % 60, 2)];
  const sign = offset < 0 ? '-' : '+';
  return `${count === 4 ? 'GMT' : ''}${sign}${hours}${count < 4 ? '' : ':'}${rest}`;
}

function partOf(writer: Intl.DateTimeFormat, moment: Date | number, part: string): string {
  return writer.formatToParts(moment).find(({ type }) => type === part)?.value ?? '';
}

/** Creating one takes 0.1 ms. */
const writers = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 });

function intl(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = writers.get(key);
  if (known) return known;
  const writer = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  writers.set(key, writer);
  return writer;
}
