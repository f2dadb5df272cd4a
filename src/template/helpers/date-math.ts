import { DAY_MS, instantOf, utcOf, type Zone } from '../../domain/time/date-zones';

const TERM = /([+-]?)(\d{1,6})([yMwdhHms])/y;
const MAX_TERMS = 20;
const CLOCK_MS: Record<string, number> = { h: 3_600_000, H: 3_600_000, m: 60_000, s: 1_000 };
const DAYS: Record<string, number> = { d: 1, w: 7 };

interface Term {
  count: number;
  unit: string;
}

/** `+1y-1M+1w-1d+1h-1m+1s`, in the order written; undefined for text that is no such sum. */
export function parseTerms(text: string): Term[] | undefined {
  const terms: Term[] = [];
  const sum = text.replaceAll(' ', '');
  TERM.lastIndex = 0;
  while (TERM.lastIndex < sum.length) {
    const [, sign, digits, unit] = TERM.exec(sum) ?? [];
    if (unit === undefined || terms.length === MAX_TERMS) return undefined;
    terms.push({ count: Number(`${sign}${digits}`), unit });
  }
  return terms.length > 0 ? terms : undefined;
}

/**
 * Adds to a moment. Hours, minutes and seconds are time that passes; years, months, weeks and days keep the
 * time on the clocks of the zone. A month that has no such day ends on its last.
 */
export function addTerms(instant: number, terms: Term[], zone: Zone): number {
  return terms.reduce((moment, { count, unit }) => {
    const ms = CLOCK_MS[unit];
    if (ms !== undefined) return moment + count * ms;
    const local = moment + zone.offsetAt(moment);
    return instantOf(
      unit in DAYS ? local + count * DAYS[unit]! * DAY_MS : addMonths(local, count * (unit === 'y' ? 12 : 1)),
      zone,
    );
  }, instant);
}

function addMonths(local: number, count: number): number {
  const date = new Date(local);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + count;
  const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  const lastDay = new Date(utcOf(year, month + 1, 0)).getUTCDate();
  const timeOfDay = local - Math.floor(local / DAY_MS) * DAY_MS;
  return utcOf(year, month, Math.min(date.getUTCDate(), lastDay)) + timeOfDay;
}
