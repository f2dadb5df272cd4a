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

const EXAMPLES = '"90 seconds", "3 minutes", "1 day" or "PT3M"';

/** Why a text is no duration, and what to write instead; undefined if it is one. */
export function durationFault(text: string): string | undefined {
  if (parseDuration(text) !== undefined) return undefined;
  if (/^\s*-/.test(text)) return `A duration is not negative. Write one such as ${EXAMPLES}.`;
  if (/\d\s*(?:month|year)|^\s*P[^T]*[MY]/i.test(text)) {
    return 'A month or a year has no fixed length. Write days or weeks, such as "30 days".';
  }
  const ms = parseWords(text.trim()) ?? parseIso(text.trim());
  if (ms === 0) return `A duration is longer than zero. Write one such as ${EXAMPLES}.`;
  if (ms !== undefined) return 'A duration is ten years at most: "3650 days".';
  return `A duration is text such as ${EXAMPLES}: one number and one unit, from seconds to weeks.`;
}

/** Reads a duration that may be negative, such as `"-2 days"` or `"3 hours"`, in ms; undefined if the text is none. */
export function parseOffset(text: string): number | undefined {
  const [, minus, duration] = /^([+-]?)\s*(.*)$/s.exec(text.trim())!;
  const ms = parseDuration(duration!);
  return ms !== undefined && minus === '-' ? -ms : ms;
}

/** Why a text is no offset, and what to write instead; undefined if it is one. */
export function offsetFault(text: string): string | undefined {
  const fault = durationFault(text.trim().replace(/^[+-]\s*/, ''));
  return fault && `An offset is a duration, with a minus for before, such as "-2 days". ${fault}`;
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
