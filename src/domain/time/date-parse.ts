/** A date, a time of day, seconds with a fraction, the hours and the minutes of an offset. */
const WRITTEN =
  /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|([+-](?:0\d|1[0-8])):?([0-5]\d)?))?)?$/;

const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The moment, in ms since the epoch, of a date in user data: `2026-01-31`, `2026-01-31 10:00:00 +01:00`, ISO-8601, or a
 * number, which already counts ms since the epoch. Without an offset it is UTC. Undefined for anything else, and
 * outside the years 1 to 9999.
 */
export function parseDate(value: unknown): number | undefined {
  const instant =
    typeof value === 'number' ? Math.floor(value) : typeof value === 'string' ? read(value) : NaN;
  return instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? instant : undefined;
}

function read(text: string): number {
  const written = text.length > 64 ? null : WRITTEN.exec(text.trim());
  if (!written) return NaN;
  const [, date, time = '00:00', seconds = ':00', hours = '+00', minutes = '00'] = written;
  // JavaScript reads the 31st of June as the 1st of July.
  if (new Date(`${date}T00:00Z`).getUTCDate() !== Number(date!.slice(-2))) return NaN;
  return Date.parse(`${date}T${time}${seconds.replace(',', '.')}${hours}:${minutes}`);
}
