/* Times and durations for people, in the reader's own zone. */

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

/** “now”, “3 min. ago”, “in 2 hr.”, “yesterday”; the date where it is more than a month away. */
export function relativeTime(at: string, now = Date.now()): string {
  const away = Date.parse(at) - now;
  const size = Math.abs(away);
  if (size < 45 * SECOND) return 'now';
  if (size > 30 * 86_400 * SECOND) return day.format(new Date(at));
  const [unit, length] = STEPS.findLast(([, step]) => size >= step) ?? STEPS[0];
  return relative.format(Math.round(away / length), unit);
}

/** “41 ms”, “2.5 s”, “3 min 5 s”, “2 h 10 min”, “3 days”. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 60 * SECOND) return `${Number((ms / SECOND).toFixed(1))} s`;
  const parts = [
    [Math.floor(ms / 86_400_000), 'day'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [Math.floor(ms / SECOND) % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit === 'day' && count !== 1 ? 'days' : unit}`)
    .join(' ');
}
