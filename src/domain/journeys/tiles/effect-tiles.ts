import { z } from 'zod';
import { EventName } from '../event-data';
import { ListId } from '../ids';
import { COMMON, Next } from './fields';

/* The tiles that change the user's data. What they write begins no journeys. */

const MOST_FIELDS = 100;
/** An update cannot change what identifies a user. */
const IDENTIFIERS = ['email', 'userId'];

/** Strings are templates, also those within lists and objects. */
const Values = z
  .record(z.string().min(1).max(256), z.unknown())
  .refine((values) => Object.keys(values).length <= MOST_FIELDS, `A tile has at most ${MOST_FIELDS} fields.`);

const EFFECT = { ...COMMON, onFailure: Next, next: Next };

/** Merges fields into the user's profile, as an update by the API does. */
export const UpdateProfileTile = z.strictObject({
  ...EFFECT,
  type: z.literal('updateProfile'),
  fields: Values.superRefine((fields, context) => {
    if (Object.keys(fields).length === 0) {
      context.addIssue({ code: 'custom', message: 'An updateProfile tile has at least one field.' });
    }
    for (const name of IDENTIFIERS.filter((identifier) => Object.hasOwn(fields, identifier))) {
      const message = `A tile cannot change a user’s ${name}. Use the API’s calls for that.`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  }),
});

export const UpdateListTile = z.strictObject({
  ...COMMON,
  type: z.literal('updateList'),
  listId: ListId,
  action: z.enum(['subscribe', 'unsubscribe']),
  next: Next,
});

/** Records an event as the user's. */
export const TrackEventTile = z.strictObject({
  ...EFFECT,
  type: z.literal('trackEvent'),
  eventName: EventName,
  dataFields: Values.optional(),
});

export type EffectTile =
  z.infer<typeof UpdateProfileTile> | z.infer<typeof UpdateListTile> | z.infer<typeof TrackEventTile>;
