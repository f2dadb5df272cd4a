import { z } from 'zod';
import { EventName } from '../event-data';
import { MOST_EVENTS } from '../facts';
import { ListId } from '../ids';
import { Match } from '../match';
import { Duration } from '../tiles/fields';

/* Conditions on what is known of a user besides fields: these need facts. */

export const ListCondition = z.strictObject({ list: ListId, is: z.enum(['member', 'notMember']) });
export type ListCondition = z.infer<typeof ListCondition>;

const Times = z
  .strictObject({
    is: z.enum(['greaterOrEqual', 'greaterThan', 'lessThan', 'lessOrEqual', 'equals']),
    value: z.int().min(0).max(MOST_EVENTS),
  })
  .refine(({ is, value }) => value > 0 || (is !== 'lessThan' && is !== 'greaterOrEqual'), {
    path: ['value'],
    message: 'Nobody does something less than 0 times, and everybody at least 0 times. Count from 1.',
  });

/** What a condition on what the user did has, besides its own condition on each event, `where`. */
export const EVENT_PARTS = {
  event: EventName,
  match: Match.optional(),
  within: Duration.optional(),
  times: Times.optional(),
};

const OFTEN_ENOUGH: Record<z.infer<typeof Times>['is'], (count: number, value: number) => boolean> = {
  greaterOrEqual: (count, value) => count >= value,
  greaterThan: (count, value) => count > value,
  lessThan: (count, value) => count < value,
  lessOrEqual: (count, value) => count <= value,
  equals: (count, value) => count === value,
};

/** Once or more, where a condition does not say how often. */
export const ONCE: z.infer<typeof Times> = { is: 'greaterOrEqual', value: 1 };

/** Whether something happened often enough, or seldom enough. */
export function isOftenEnough(count: number, { is, value } = ONCE): boolean {
  return OFTEN_ENOUGH[is](count, value);
}
