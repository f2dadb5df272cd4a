import { z } from 'zod';

/**
 * A list of at most so many items. A longer one is refused before its items are read: a body may have 200,000 of them,
 * each with faults of its own. `tooMany` says what to do instead, where that is more than to send fewer.
 */
export function boundedList<Item extends z.ZodType>(item: Item, most: number, least = 0, tooMany?: string) {
  return z.preprocess((value, context) => {
    if (!Array.isArray(value) || value.length <= most) return value;
    context.addIssue({
      ...{ code: 'too_big', origin: 'array', maximum: most, inclusive: true, input: value },
      message: tooMany,
    });
    return z.NEVER;
  }, z.array(item).min(least).max(most));
}
