import { inZone, unlessOutOfRange, type Zone } from '../../domain/time/time-zones';

const TERM = /([+-]?)(\d{1,6})([yMwdhHms])/y;
const MAX_TERMS = 20;

const UNITS = {
  y: 'years',
  M: 'months',
  w: 'weeks',
  d: 'days',
  h: 'hours',
  H: 'hours',
  m: 'minutes',
  s: 'seconds',
} as const;

interface Term {
  count: number;
  unit: (typeof UNITS)[keyof typeof UNITS];
}

/** Reads `+1y-1M+1w-1d+1h-1m+1s`, in the order written; undefined for any other text. */
export function parseTerms(text: string): Term[] | undefined {
  const terms: Term[] = [];
  const sum = text.replaceAll(' ', '');
  TERM.lastIndex = 0;
  while (TERM.lastIndex < sum.length) {
    const [, sign, digits, letter] = TERM.exec(sum) ?? [];
    if (letter === undefined || terms.length === MAX_TERMS) return undefined;
    terms.push({ count: Number(`${sign}${digits}`), unit: UNITS[letter as keyof typeof UNITS] });
  }
  return terms.length > 0 ? terms : undefined;
}

/**
 * Adds to a moment. Hours, minutes and seconds are time that passes; years, months, weeks and days keep the time of day
 * on the clocks of the zone. Where a month has no such day, the result is its last day.
 * Undefined when the result is beyond what a date can be.
 */
export function addTerms(instant: number, terms: Term[], zone: Zone): number | undefined {
  return unlessOutOfRange(
    () =>
      terms.reduce((moment, { count, unit }) => moment.add({ [unit]: count }), inZone(instant, zone))
        .epochMilliseconds,
  );
}
