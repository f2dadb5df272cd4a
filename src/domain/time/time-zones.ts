/* TC39's Temporal, the date library that JavaScript is getting. It only shares its name with the Temporal server. */
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

export type ZonedDateTime = Temporal.ZonedDateTime;
export type PlainDate = Temporal.PlainDate;
export type PlainDateTime = Temporal.PlainDateTime;

export interface Zone {
  /** An IANA name, or an offset such as `+02:00`. */
  id: string;
  /** How far the clocks are ahead of UTC, in ms; left out where that changes. */
  fixedOffset?: number;
}

export const UTC: Zone = { id: 'UTC', fixedOffset: 0 };

const MAX_OFFSET_HOURS = 18;

const zones = new LRUCache<string, Zone>({ max: 200 });

/** The time zone of an IANA name, of an offset such as `+02:00` or `GMT+2`, or of `Z`; undefined for any other text. */
export function zoneNamed(name: string): Zone | undefined {
  const cached = zones.get(name);
  if (cached) return cached;
  const zone = offsetZone(name) ?? ianaZone(name);
  if (zone) zones.set(name, zone);
  return zone;
}

function offsetZone(name: string): Zone | undefined {
  if (/^(?:Z|UTC|GMT)$/.test(name)) return UTC;
  const [, sign, hours, minutes = '00'] = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/.exec(name) ?? [];
  if (hours === undefined || Number(hours) > MAX_OFFSET_HOURS) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return { id: `${sign}${hours.padStart(2, '0')}:${minutes}`, fixedOffset: offset };
}

function ianaZone(name: string): Zone | undefined {
  // Temporal would also take the zone out of a whole date.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name)) return undefined;
  const id = unlessOutOfRange(() => toZone(0, name).timeZoneId);
  return id === undefined ? undefined : { id };
}

/** A local time such as `2026-12-01T09:00`. */
export function localTimeOf(text: string): PlainDateTime {
  return Temporal.PlainDateTime.from(text);
}

/** A moment, in ms since the epoch, as the clocks of a time zone show it. */
export function inZone(moment: number, { id }: Zone): ZonedDateTime {
  return toZone(moment, id);
}

function toZone(moment: number, timeZone: string): ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone);
}

/** How far the clocks of a time zone are ahead of UTC at a moment, in ms. */
export function offsetAt(moment: number, zone: Zone): number {
  return zone.fixedOffset ?? inZone(moment, zone).offsetNanoseconds / 1_000_000;
}

/**
 * The moment when the clocks of a time zone show a local time such as `2026-12-01T09:00`, in ms since the epoch: the
 * first where they show it twice. Where they skip it, as long after the gap as the local time is after the gap's start.
 */
export function fromLocalTime(local: string, { id }: Zone): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(id).epochMilliseconds;
}

/**
 * The first moment at which the clocks of a time zone show this local time, in ms since the epoch. Where they skip it,
 * the end of the gap, which is the first moment after it.
 */
export function firstInstantOf(local: PlainDateTime, { id }: Zone): number {
  const earlier = local.toZonedDateTime(id, { disambiguation: 'earlier' });
  // Of a skipped time, "earlier" means as long before the gap as the time is before the gap's end.
  const isSkipped = !earlier.toPlainDateTime().equals(local);
  return (isSkipped ? earlier.getTimeZoneTransition('next')! : earlier).epochMilliseconds;
}

/** Temporal throws a RangeError for a zone that does not exist, and for dates beyond the year 275760. */
export function unlessOutOfRange<Result>(compute: () => Result): Result | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
