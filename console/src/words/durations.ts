/* Durations, as the API writes them: “3 days”, or ISO-8601. */

export const UNITS = ['second', 'minute', 'hour', 'day', 'week'] as const;
export type Unit = (typeof UNITS)[number];

const WORDS = /^(\d{1,9}(?:\.\d{1,3})?)\s*(second|minute|hour|day|week)s?$/i;
const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const ISO_UNITS: Unit[] = ['week', 'day', 'hour', 'minute', 'second'];

/** The number and the unit of a duration in words; undefined for one in ISO-8601, and for any other text. */
export function readDuration(text: string): { amount: string; unit: Unit } | undefined {
  const [, amount, unit] = WORDS.exec(text.trim()) ?? [];
  return unit === undefined ? undefined : { amount: amount!, unit: unit.toLowerCase() as Unit };
}

/** “1 day”, “3 days”. */
export function durationOf(amount: string, unit: Unit): string {
  return `${amount} ${unit}${amount === '1' ? '' : 's'}`;
}

/** A duration for people: “PT3M” is “3 minutes”. Text that is none stays as it is. */
export function durationWords(text: string): string {
  const read = readDuration(text);
  if (read !== undefined) return durationOf(read.amount, read.unit);
  const parts = (ISO.exec(text.trim()) ?? []).slice(1);
  const words = parts.flatMap((amount, index) => (amount ? [durationOf(amount, ISO_UNITS[index]!)] : []));
  return words.join(' ') || text;
}

const LENGTHS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** How long something took: “3 days 2 hours”, in its two largest units; “42 ms”. */
export function lengthWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  let rest = ms;
  const words = LENGTHS.flatMap(([unit, length]) => {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    return amount === 0 ? [] : [durationOf(String(amount), unit)];
  });
  return words.slice(0, 2).join(' ');
}
