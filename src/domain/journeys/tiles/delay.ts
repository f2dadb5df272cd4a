import { z } from 'zod';
import { Days, TimeOfDay } from '../../time/days';
import { offsetFault } from '../../time/duration';
import { LocalTime } from '../../time/local-time';
import { fieldOf } from '../roots';
import { ZoneChoice } from '../timing/zone-choice';
import { COMMON, Duration, Next } from './fields';

/** A field of the user or of the entry: no event is at hand. */
const Field = fieldOf(['profile', 'trigger', 'liveData', 'events', 'callbacks']);

/** Moves a moment forward to a time of day, on one of these days. */
const FORWARD = { timeOfDay: TimeOfDay.optional(), days: Days.optional(), timeZone: ZoneChoice.optional() };

/** A moment that follows from a date of the user, or is the same for all. */
const Until = z
  .strictObject({
    field: Field.optional(),
    at: LocalTime.optional(),
    offset: z
      .string()
      .superRefine((text, context) => {
        const message = offsetFault(text);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    ...FORWARD,
    onPast: Next,
    onMissing: Next,
  })
  .refine(({ field, at }) => (field === undefined) !== (at === undefined), {
    path: ['field'],
    message: 'A delay is until the date in a field, or until a time (at): give one of the two.',
  })
  .refine(({ field, onMissing }) => field !== undefined || onMissing === undefined, {
    path: ['onMissing'],
    message: 'Only a field can have no date: leave onMissing out.',
  });

/** Holds the user for a fixed time, or until a moment. */
export const DelayTile = z
  .strictObject({
    ...COMMON,
    type: z.literal('delay'),
    for: Duration.optional(),
    until: Until.optional(),
    ...FORWARD,
    next: Next,
  })
  .refine((tile) => (tile.for === undefined) !== (tile.until === undefined), {
    path: ['for'],
    message: 'A delay has either a duration (for) or a moment (until).',
  })
  .superRefine((tile, context) => {
    for (const name of ['timeOfDay', 'days', 'timeZone'] as const) {
      if (tile[name] === undefined) continue;
      const message = misplaced(name, tile);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
    }
  });
export type DelayTile = z.infer<typeof DelayTile>;

/** Why a field that moves the moment forward does nothing where it stands. */
function misplaced(
  name: keyof typeof FORWARD,
  { until, timeOfDay, days }: { until?: unknown; timeOfDay?: unknown; days?: unknown },
): string | undefined {
  if (until !== undefined) return `Write ${name} within until.`;
  const isUsed = name !== 'timeZone' || timeOfDay !== undefined || days !== undefined;
  return isUsed ? undefined : 'A duration is the same in every time zone: timeZone needs timeOfDay or days.';
}
