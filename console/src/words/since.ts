import type { Choice } from '../ui/forms/select-field';

/* How far back a page looks, as the address has it. */

const HOUR_MS = 3_600_000;
const SPANS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '30d': 720 * HOUR_MS };
export type Span = keyof typeof SPANS;

export const SPAN_CHOICES: Choice<Span>[] = [
  { value: '1h', text: 'Last hour' },
  { value: '24h', text: 'Last 24 hours' },
  { value: '7d', text: 'Last 7 days' },
  { value: '30d', text: 'Last 30 days' },
];

/** The span that this text names, if it does. */
export function spanOf(text: string | undefined): Span | undefined {
  return SPAN_CHOICES.find(({ value }) => value === text)?.value;
}

/** When it begins. */
export function beginOf(span: Span): string {
  return new Date(Date.now() - SPANS[span]).toISOString();
}
