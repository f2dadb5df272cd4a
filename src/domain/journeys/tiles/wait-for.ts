import { z } from 'zod';
import { boundedList } from '../../bounded-list';
import { When } from '../conditions';
import { EventName } from '../event-data';
import { Match } from '../match';
import { COMMON, Duration, LiveDataName, Next } from './fields';

const MOST_ARMS = 10;

/** What ends a wait: an event, or a condition that comes true. */
const WrittenArm = z
  .strictObject({
    event: EventName.optional(),
    where: When.optional(),
    match: Match.optional(),
    when: When.optional(),
    next: Next,
  })
  .superRefine(({ event, where, match, when }, context) => {
    if ((event === undefined) === (when === undefined)) {
      context.addIssue({ code: 'custom', message: 'An arm has either an event or a when.' });
    } else if (event === undefined && (where ?? match) !== undefined) {
      const path = [where === undefined ? 'match' : 'where'];
      context.addIssue({ code: 'custom', path, message: 'It is about an event. Give the arm one.' });
    }
  });
export type Arm = Omit<z.infer<typeof WrittenArm>, 'next'>;

/** Holds the user until something happens, at the longest until a time has passed. */
export const WaitForTile = z.strictObject({
  ...COMMON,
  type: z.literal('waitFor'),
  for: boundedList(WrittenArm, MOST_ARMS, 1),
  since: z.enum(['arrival', 'entry']).optional(),
  timeout: Duration,
  onTimeout: Next,
  /** The name under which what ended the wait is read; the tile's id by default. */
  name: LiveDataName.optional(),
});
export type WaitForTile = z.infer<typeof WaitForTile>;
