import { LRUCache } from 'lru-cache';

export const DAY_MS = 86_400_000;

/** A time zone: how far its clocks are ahead of UTC at a moment, in ms. */
export interface Zone {
  /** What Intl calls it; an offset such as `+02:00` has no name there. */
  name?: string;
  offsetAt: (instant: number) => number;
}

const zones = new LRUCache<string, Zone>({ max: 200 });

export const UTC: Zone = { name: 'UTC', offsetAt: () => 0 };

/** The zone of an IANA name, of an offset such as `+02:00` or `GMT+2`, or of `Z`; undefined for any other. */
export function zoneNamed(name: string): Zone | undefined {
  const cached = zones.get(name);
  if (cached) return cached;
  const zone = offsetZone(name) ?? ianaZone(name);
  if (zone) zones.set(name, zone);
  return zone;
}

function offsetZone(name: string): Zone | undefined {
  if (/^(?:Z|UTC|GMT)$/.test(name)) return UTC;
  const [, sign, hours, minutes = '0'] = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/.exec(name) ?? [];
  if (hours === undefined || Number(hours) > 18) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return { offsetAt: () => offset };
}

function ianaZone(name: string): Zone | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name)) return undefined;
  const clock = clockIn(name);
  if (!clock) return undefined;
  return {
    name,
    offsetAt(instant) {
      const parts: Record<string, number> = {};
      for (const { type, value } of clock.formatToParts(instant)) parts[type] = Number(value);
      const { year, month, day, hour, minute, second } = parts as Record<string, number>;
      const shown = utcOf(year!, month!, day!) + ((hour! * 60 + minute!) * 60 + second!) * 1_000;
      return shown - Math.floor(instant / 1_000) * 1_000;
    },
  };
}

function clockIn(timeZone: string): Intl.DateTimeFormat | undefined {
  const all = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...all, second: 'numeric', hourCycle: 'h23', timeZone });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The moment a day begins in UTC; unlike `Date.UTC` it takes the year 50 for the year 50. */
export function utcOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

/**
 * The moment when the clocks of a zone show a local time (given as if it were UTC). Where they show it twice it
 * is the first, where they skip it the moment as far behind the gap, as in java.time.
 */
export function instantOf(local: number, { offsetAt }: Zone): number {
  const before = offsetAt(local - DAY_MS);
  const after = offsetAt(local + DAY_MS);
  if (before === after || offsetAt(local - before) === before) return local - before;
  return offsetAt(local - after) === after ? local - after : local - before;
}
