import { UTC, instantOf, utcOf, zoneNamed } from './date-zones';

const WRITTEN =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/;

export const FIRST_INSTANT = utcOf(1, 1, 1);
export const LAST_INSTANT = utcOf(10_000, 1, 1) - 1;

/**
 * The moment, in ms since the epoch, of a date as data holds it: `2026-01-31`, `2026-01-31 10:00:00 +01:00`,
 * ISO-8601, or a number, which is that moment already. Without an offset it is UTC. Undefined for anything else.
 */
export function parseDate(value: unknown): number | undefined {
  const instant =
    typeof value === 'number' ? Math.floor(value) : typeof value === 'string' ? read(value) : NaN;
  return instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? instant : undefined;
}

function read(text: string): number {
  const written = text.length > 64 ? null : WRITTEN.exec(text.trim());
  if (!written) return NaN;
  const [year, month, day, hour, minute, second] = written
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0)) as [number, number, number, number, number, number];
  const [fraction = '', offset] = written.slice(7);
  const midnight = utcOf(year, month, day);
  // The 31st of June would be the 1st of July.
  const exists = new Date(midnight).getUTCDate() === day && month >= 1 && month <= 12 && day >= 1;
  if (!exists || hour > 23 || minute > 59 || second > 59) return NaN;
  const time = ((hour * 60 + minute) * 60 + second) * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3));
  return instantOf(midnight + time, offset === undefined ? UTC : (zoneNamed(offset) ?? UTC));
}
