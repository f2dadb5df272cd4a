import { z } from 'zod';
import { listRefusals, type RefusalView } from '../../db/entries/refusals';
import { findJourney } from '../../db/journeys/journeys';
import { Refusal } from '../../domain/entry';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { EmailInQuery, IdInPath, Time, UserIdInQuery } from '../http/schemas';
import { JOURNEY_TAGS, unknownJourney } from './routes';

const RefusedUser = z
  .object({
    email: z.string().nullable(),
    userId: z.string().nullable(),
    reason: Refusal,
    count: z.int().describe('How often, for this reason.'),
    firstAt: Time,
    at: Time.describe('The last time.'),
  })
  .describe('A user whom a journey did not let in.');

const Filter = {
  email: EmailInQuery.optional(),
  userId: UserIdInQuery.optional(),
  reason: Refusal.optional(),
};

/** The latest time that Date can write with four digits of a year. */
const LAST_MS = 253_402_300_799_999;

/** The time, the user's row and the reason of a page's last row. */
const Place = z.tuple([z.int().min(0).max(LAST_MS), z.int().min(0), Refusal]);

/** Whom a journey did not let in, and why. */
export function refusedRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys/:id/refused',
    config: { scope: 'journeys' },
    schema: {
      operationId: 'listRefusedUsers',
      summary: 'List users a journey refused',
      description: 'Of each user and reason one row, the latest first.',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      querystring: z.strictObject({ ...Filter, ...PAGE }),
      response: { 200: z.object({ refused: z.array(RefusedUser), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ params: { id }, query }) => {
      if ((await findJourney(db, id)) === undefined) unknownJourney(id);
      const { rows, ...next } = await readPage(query, {
        key: Place,
        keyOf: ({ at, user, reason }: RefusalView): z.infer<typeof Place> => [at.getTime(), user, reason],
        read: (limit, after) => listRefusals(db, id, query, { after: after && placeOf(after), limit }),
      });
      return { refused: rows.map(refusedOf), ...next };
    },
  });
}

function placeOf([at, user, reason]: z.infer<typeof Place>) {
  return { at, user, reason };
}

function refusedOf({ user: _user, firstAt, at, ...refused }: RefusalView): z.infer<typeof RefusedUser> {
  return { ...refused, firstAt: firstAt.toISOString(), at: at.toISOString() };
}
