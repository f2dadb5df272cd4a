import { z } from 'zod';
import { Days, TimeOfDay } from '../../time/days';
import { END_OF_DAY, openPeriod, type OpenPeriod } from '../../time/open-hours';
import { type KnownZones, ZoneChoice, zoneOfChoice } from './zone-choice';

const EndOfHours = z.string().refine((time) => time === END_OF_DAY || TimeOfDay.safeParse(time).success, {
  error: 'A time of day is written as in "20:00", from "00:00" to "24:00", the end of the day.',
});

/** The hours in which tiles may send requests (docs/send-windows.md). Outside of them users wait, or skip the tile. */
export const SendWindow = z
  .strictObject({
    days: Days,
    from: TimeOfDay,
    to: EndOfHours,
    timeZone: ZoneChoice,
    onClosed: z.enum(['hold', 'skip']).optional(),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'A window ends at another time than it begins. For whole days, use "00:00" and "24:00".',
  });
export type SendWindow = z.infer<typeof SendWindow>;

/** The window's next period, if it is closed at this moment; undefined while it is open. */
export function closedUntil(window: SendWindow, zones: KnownZones, at: number): OpenPeriod | undefined {
  const period = openPeriod(window, zoneOfChoice(window.timeZone, zones).zone, at);
  return period.opens > at ? period : undefined;
}
