import { z } from 'zod';
import { compareNumerals } from '../numeral';
import { isExactNumber } from '../lossless-json';
import { fieldOf, type Roots, valueAt } from './roots';

const MOST_PAIRS = 10;

const OfEvent = fieldOf(['event']);
export const OfEntry = fieldOf(['trigger', 'profile', 'liveData', 'events', 'callbacks']);

/**
 * What ties an event to an entry: fields of the event, each with the field that it has to be equal to:
 * `{"event.cartId": "trigger.cartId"}`.
 */
export const Match = z
  .record(z.string(), z.string())
  .superRefine((match, context) => {
    const pairs = Object.entries(match);
    if (pairs.length === 0 || pairs.length > MOST_PAIRS) {
      const message = `A match has 1 to ${MOST_PAIRS} pairs such as {"event.cartId": "trigger.cartId"}.`;
      return context.addIssue({ code: 'custom', message });
    }
    for (const [left, right] of pairs) {
      const fault = faultOf(left, right);
      if (fault !== undefined) context.addIssue({ code: 'custom', path: [left], message: fault });
    }
  })
  .meta({ description: 'Fields of the event, each with the field of the entry that it has to be equal to.' });
export type Match = z.infer<typeof Match>;

function faultOf(left: string, right: string): string | undefined {
  const faults = [OfEvent.safeParse(left).error, OfEntry.safeParse(right).error];
  const [ofLeft, ofRight] = faults.map((error) => error?.issues[0]!.message);
  if (ofLeft !== undefined) return `The left side is a field of the event. ${ofLeft}`;
  return ofRight && `The right side cannot be “${right.slice(0, 100)}”. ${ofRight}`;
}

/** Whether an event has what the match asks for. A side that is missing, null, a list or an object never matches. */
export function matches(match: Match, event: Record<string, unknown>, roots: Roots): boolean {
  const withEvent = { ...roots, event };
  return Object.entries(match).every(([left, right]) =>
    isEqual(valueAt(left, withEvent), valueAt(right, roots)),
  );
}

/** By type and value: the text "7" is not the number 7. */
function isEqual(one: unknown, other: unknown): boolean {
  if (isNumber(one) && isNumber(other)) return compareNumerals(one, other) === 0;
  return (typeof one === 'string' || typeof one === 'boolean') && one === other;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isExactNumber(value);
}
