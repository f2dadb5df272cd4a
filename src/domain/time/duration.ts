const UNIT_MS = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;

/** Ten years: longer is a typing error, and the timers of Temporal have a limit near there. */
export const MAX_DURATION_MS = 3_650 * UNIT_MS.day;

const WORDS = /^(\d{1,9}(?:\.\d{1,3})?)\s*(second|minute|hour|day|week)s?$/i;
const ISO = /^P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;

/**
 * Reads a duration such as `"90 seconds"`, `"3 minutes"`, `"1 day"` or ISO-8601 `"PT3M"`.
 * Returns milliseconds, or undefined when the text is not a duration, is zero or is above ten years.
 * Months and years are not read: their length depends on the calendar.
 */
export function parseDuration(text: string): number | undefined {
  const ms = parseWords(text.trim()) ?? parseIso(text.trim());
  return ms !== undefined && ms > 0 && ms <= MAX_DURATION_MS ? ms : undefined;
}

/** Reads a duration that may be negative, such as `"-2 days"` or `"3 hours"`, in ms; undefined if the text is none. */
export function parseOffset(text: string): number | undefined {
  const [, minus, duration] = /^([+-]?)\s*(.*)$/s.exec(text.trim())!;
  const ms = parseDuration(duration!);
  return ms !== undefined && minus === '-' ? -ms : ms;
}

function parseWords(text: string): number | undefined {
  const match = WORDS.exec(text);
  if (!match) return undefined;
  const unit = match[2]!.toLowerCase() as keyof typeof UNIT_MS;
  return Math.round(Number(match[1]) * UNIT_MS[unit]);
}

function parseIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match || text.endsWith('T')) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (
    weeks! * UNIT_MS.week +
    days! * UNIT_MS.day +
    hours! * UNIT_MS.hour +
    minutes! * UNIT_MS.minute +
    seconds! * UNIT_MS.second
  );
}
