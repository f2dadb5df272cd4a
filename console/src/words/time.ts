/* Times for people, in the reader's own zone. */

const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

const SECOND = 1_000;
const STEPS = [
  ['minute', 60 * SECOND],
  ['hour', 3_600 * SECOND],
  ['day', 86_400 * SECOND],
] as const;

/** “Nov 30, 2026, 10:15:00 AM GMT+1”. */
export function exactTime(at: string): string {
  return exact.format(new Date(at));
}

/** “now”, “3 min ago”, “in 2 hr”, “yesterday”; the date where it is more than a month away. */
export function relativeTime(at: string, now = Date.now()): string {
  const away = Date.parse(at) - now;
  const size = Math.abs(away);
  if (size < 45 * SECOND) return 'now';
  if (size > 30 * 86_400 * SECOND) return day.format(new Date(at));
  const [unit, length] = STEPS.findLast(([, step]) => size >= step) ?? STEPS[0];
  // Without the dots of abbreviations: a time may end a sentence.
  return relative.format(Math.round(away / length), unit).replace('.', '');
}
