import { z } from 'zod';
import { durationFault } from '../../time/duration';

/* What the tiles of all kinds are made of. */

/** A tile's id within its journey. It is part of other ids and shows in Temporal, so it is plain ASCII. */
export const TileId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'A tile id has 1 to 64 letters, digits, - or _.')
  .refine((id) => id !== 'exit', '“exit” means the end of a journey. Give the tile another id.');

/** The name under which templates read the values of a Live Data tile: `{{liveData.<name>.…}}`. */
export const LiveDataName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    'A name has 1 to 64 letters, digits or _, and does not start with a digit.',
  )
  .refine((name) => name !== '__proto__', 'Live data cannot be called __proto__. Give it another name.');

/** What an author calls a way out of a tile. Reports and Temporal's Web UI show it. */
export const WayName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{Cc}*$/u, 'A name of a branch is one line of text.')
  .refine((name) => name !== '__proto__', 'A branch cannot be called __proto__. Give it another name.');

/** The id of a tile of the same journey, or `"exit"`. Defaults to the tile that follows. */
export const Next = z
  .string('Name a tile of this journey, or "exit" for its end. Leave it out for the tile that follows.')
  .min(1)
  .max(64)
  .optional();

const A_DURATION = 'Send a duration as text, such as "3 minutes" or "1 day".';

export const Duration = z
  .string({ error: ({ input }) => (input === undefined ? `This is missing. ${A_DURATION}` : A_DURATION) })
  .superRefine((text, context) => {
    const message = durationFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** What every tile has. Names and notes are for people: no rule reads them. */
export const COMMON = {
  id: TileId,
  name: z.string().trim().min(1).max(100).optional(),
  note: z.string().max(2_000).optional(),
};
