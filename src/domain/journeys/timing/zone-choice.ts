import { z } from 'zod';
import { TimeZone } from '../../time/local-time';
import { UTC, type Zone, zoneNamed } from '../../time/time-zones';

/** The clocks of the user: the profile's `timeZone`, else the journey's. */
export const USER_ZONE = 'user';

/** Whose clocks count: the user's, or those of a time zone. */
export const ZoneChoice = z
  .string()
  .refine((name) => name === USER_ZONE || TimeZone.safeParse(name).success, {
    error: 'A time zone is "user", an IANA name such as "Europe/Berlin", or "UTC".',
  });

/** The time zones that a user and their journey have. */
export interface KnownZones {
  /** The field `timeZone` of the profile, which may be anything. */
  ofUser: unknown;
  ofJourney: string | undefined;
}

export interface ChosenZone {
  zone: Zone;
  /** Why it is not the user's own, though the profile has one. */
  note?: string;
}

/** The time zone of a choice; without one, the user's, else the journey's, else UTC. */
export function zoneOfChoice(choice: string | undefined, { ofUser, ofJourney }: KnownZones): ChosenZone {
  if (choice !== undefined && choice !== USER_ZONE) return { zone: zoneNamed(choice) ?? UTC };
  const zone = (ofJourney !== undefined && zoneNamed(ofJourney)) || UTC;
  if (ofUser === undefined || ofUser === null || ofUser === '') return { zone };
  const own = typeof ofUser === 'string' ? zoneNamed(ofUser) : undefined;
  return own ? { zone: own } : { zone, note: `profile.timeZone is no time zone, so ${zone.id} counts` };
}
