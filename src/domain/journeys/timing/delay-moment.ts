import { parseDate } from '../../time/date-parse';
import { DAYS, type Day, daysFrom, momentOn } from '../../time/days';
import { MAX_DURATION_MS, parseDuration, parseOffset } from '../../time/duration';
import { firstInstantOf, inZone, localTimeOf, type Zone } from '../../time/time-zones';
import { readUnixTime } from '../../time/unix-time';
import { type Roots, valueAt } from '../roots';
import type { DelayTile } from '../tiles/delay';
import { type KnownZones, zoneOfChoice } from './zone-choice';

/* Until when a delay holds a user. The moment is computed once, when the user arrives. */

/** What a delay knows when a user arrives. */
export interface Arrival {
  /** In ms since the epoch. */
  now: number;
  roots: Roots;
  zoneOfJourney: string | undefined;
}

export interface DelayMoment {
  way: 'next' | 'past' | 'missing';
  /** In ms since the epoch; absent, the user goes on at once. */
  until?: number;
  /** Whether other users wait for the same moment, so that they are spread. */
  isShared?: boolean;
  /** For people. It may quote a field, and so be personal. */
  why: string;
}

/** Until when a delay holds a user who arrives now, and the way that they go afterwards. */
export function momentOfDelay(tile: DelayTile, { now, roots, zoneOfJourney }: Arrival): DelayMoment {
  const timing = tile.until ?? tile;
  const zones: KnownZones = { ofUser: roots.profile.timeZone, ofJourney: zoneOfJourney };
  const { zone, note } = zoneOfChoice(timing.timeZone, zones);
  const because = (why: string): string => cut(note === undefined ? why : `${why}; ${note}`, LONGEST_WHY);
  const start = startOf(tile, roots, now, zone);
  if (start === undefined)
    return { way: 'missing', why: because(`${quoted(tile, roots)}, which is no date`) };
  const moment = forward(shift(start.moment, shiftOf(tile), zone), timing, zone);
  const said = `${tile.until?.field ? `${quoted(tile, roots)}: ` : ''}until ${clock(moment, zone)}`;
  if (moment < now) return { way: 'past', why: because(`${said}, which has passed`) };
  const isShared = start.isShared || timing.timeOfDay !== undefined;
  if (moment <= now + MAX_DURATION_MS) return { way: 'next', until: moment, isShared, why: because(said) };
  return { way: 'next', until: now + MAX_DURATION_MS, why: because(`${said}, or ten years at most`) };
}

/** Where the delay counts from; undefined if its field is no date. */
function startOf(
  { until }: DelayTile,
  roots: Roots,
  now: number,
  zone: Zone,
): { moment: number; isShared: boolean } | undefined {
  if (until === undefined) return { moment: now, isShared: false };
  if (until.at !== undefined) return { moment: firstInstantOf(localTimeOf(until.at), zone), isShared: true };
  const value = valueAt(until.field!, roots);
  const moment = parseDate(typeof value === 'number' ? readUnixTime(value) : value);
  if (moment === undefined) return undefined;
  // A date without a time of day is that day where the user is.
  const isDay = typeof value === 'string' && /^\s*\d{4}-\d\d-\d\d\s*$/.test(value);
  return isDay
    ? { moment: firstInstantOf(localTimeOf(value.trim()), zone), isShared: true }
    : { moment, isShared: false };
}

function shiftOf(tile: DelayTile): number {
  if (tile.for !== undefined) return parseDuration(tile.for)!;
  return tile.until?.offset === undefined ? 0 : parseOffset(tile.until.offset)!;
}

const DAY_MS = 86_400_000;

/** Whole days are days of the calendar: the time of day stays, also across a clock change. */
function shift(moment: number, ms: number, zone: Zone): number {
  if (ms === 0 || ms % DAY_MS !== 0) return moment + ms;
  return firstInstantOf(
    inZone(moment, zone)
      .toPlainDateTime()
      .add({ days: ms / DAY_MS }),
    zone,
  );
}

/** The first moment from this one on that is at the time of day, on one of the days. */
function forward(
  moment: number,
  { timeOfDay, days = DAYS }: { timeOfDay?: string; days?: readonly Day[] },
  zone: Zone,
): number {
  const local = inZone(moment, zone).toPlainDateTime();
  const today = local.toPlainDate();
  for (const day of daysFrom(today, days)) {
    if (timeOfDay === undefined && day.equals(today)) return moment;
    const found = momentOn(day, timeOfDay ?? local.toPlainTime().toString(), zone);
    // A day that a time zone skips is none of the days.
    if (found >= moment && inZone(found, zone).toPlainDate().equals(day)) return found;
  }
  throw new RangeError('This time never comes.');
}

/** What the clocks show at a moment, for people. */
function clock(moment: number, zone: Zone): string {
  const local = inZone(moment, zone).toPlainDateTime().toString({ smallestUnit: 'minute' });
  return `${local.replace('T', ' ')} ${zone.id}`;
}

const LONGEST_WHY = 200;
const LONGEST_QUOTE = 60;

/** The field of a delay with its value: “profile.trialEnd was “2026-12-01””. */
function quoted({ until }: DelayTile, roots: Roots): string {
  const field = until!.field!;
  const value = valueAt(field, roots);
  if (value === undefined || value === null) return `${field} was not set`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${field} was “${cut(text, LONGEST_QUOTE)}”`;
}

/** By characters: half of a surrogate pair could not be stored. */
function cut(text: string, longest: number): string {
  const characters = [...text.slice(0, 2 * longest + 2)];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
