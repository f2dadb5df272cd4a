import { type Day, daysFrom, momentOn } from './days';
import { inZone, type PlainDate, type Zone } from './time-zones';

/** The end of a day, as the time at which hours end. */
export const END_OF_DAY = '24:00';

/** Hours of some days of the week: from inclusive, to exclusive. If `to` is not after `from`, it is on the next day. */
export interface OpenHours {
  days: readonly Day[];
  /** A time of day, such as `09:00`. */
  from: string;
  /** A time of day, or `24:00`. */
  to: string;
}

/** A time in which something is open: from `opens`, inclusive, to `closes`, exclusive, in ms since the epoch. */
export interface OpenPeriod {
  opens: number;
  closes: number;
}

/** The period that this moment is in, by the clocks of a time zone; else the next one. */
export function openPeriod(hours: OpenHours, zone: Zone, at: number): OpenPeriod {
  // What opened yesterday may be open past midnight.
  const yesterday = inZone(at, zone).toPlainDate().subtract({ days: 1 });
  for (const day of daysFrom(yesterday, hours.days)) {
    const period = periodOf(hours, day, zone);
    if (period.closes > Math.max(at, period.opens)) return period;
  }
  throw new RangeError('These hours never come.');
}

/** The moment itself if it is within these hours, else the moment when they begin next. */
export function openingAfter(hours: OpenHours, zone: Zone, at: number): number {
  return Math.max(at, openPeriod(hours, zone, at).opens);
}

/** The period that begins on a day. It is empty where a clock change skips it, or the whole day. */
function periodOf({ from, to }: OpenHours, day: PlainDate, zone: Zone): OpenPeriod {
  const opens = momentOn(day, from, zone);
  // The day after one that a time zone skips is not taken for it.
  if (!inZone(opens, zone).toPlainDate().equals(day)) return { opens, closes: opens };
  const end = to === END_OF_DAY ? '00:00' : to;
  return { opens, closes: momentOn(end > from ? day : day.add({ days: 1 }), end, zone) };
}
