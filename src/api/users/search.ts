import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { readDetails } from '../../db/users/details';
import { type FoundUser, latestUsers, searchUsers } from '../../db/users/search';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { TextInQuery, Time } from '../http/schemas';
import { missingIdentity, oneIdentityOf, unknownUser } from './identity';

const Found = z.object({
  email: z.string().nullable(),
  userId: z.string().nullable(),
  tags: z.array(z.string()),
  createdAt: Time,
  updatedAt: Time,
});

const Details = z.object({
  lists: z.array(z.object({ id: z.int(), name: z.string() })),
  consents: z
    .array(z.object({ category: z.string(), action: z.enum(['accept', 'decline']), updatedAt: Time }))
    .describe('The user’s last decision on each category.'),
});

const TAGS = ['Users'];
const config = { scope: 'trigger' } as const;
const Place = z.object({ name: z.string(), id: z.int() });

/** Users for people who look for one: by how an identifier begins, and what is stored beside the profile. */
export function userSearchRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/users/search',
    config,
    schema: {
      operationId: 'searchUsers',
      summary: 'Search users by email or userId',
      description:
        'Without `text`, all users, those who came last first. A profile is at GET /api/users/{email}.',
      tags: TAGS,
      querystring: z.strictObject({
        text: TextInQuery.optional().describe('How the email or the userId begins.'),
        ...PAGE,
      }),
      response: { 200: z.object({ users: z.array(Found), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query: { text = '', ...page } }) => {
      const { rows, ...next } = await readPage(page, {
        key: Place,
        keyOf: ({ name, id }: FoundUser) => ({ name, id }),
        read: (limit, place) => read(db, text.trim(), { place, limit }),
      });
      return { users: rows.map(foundOf), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/users/details',
    config,
    schema: {
      operationId: 'getUserDetails',
      summary: 'Get a user’s lists and consents',
      tags: TAGS,
      querystring: z.strictObject({ email: z.string().optional(), userId: z.string().optional() }),
      response: { 200: Details, ...ERRORS },
    },
    handler: async ({ query }) => {
      const identity = oneIdentityOf(query);
      if (identity === undefined) throw missingIdentity();
      const details = await readDetails(db, identity);
      if (details === undefined) throw unknownUser(identity);
      return {
        lists: details.lists,
        consents: details.consents.map(({ category, action, updatedAt }) => ({
          category,
          action: action as 'accept' | 'decline',
          updatedAt: new Date(updatedAt).toISOString(),
        })),
      };
    },
  });
}

function read(
  db: Database,
  text: string,
  { place, limit }: { place: z.infer<typeof Place> | undefined; limit: number },
): Promise<FoundUser[]> {
  if (text === '') return latestUsers(db, { before: place?.id, limit });
  return searchUsers(db, text, { after: place, limit });
}

function foundOf({ email, userId, tags, createdAt, updatedAt }: FoundUser): z.infer<typeof Found> {
  return {
    ...{ email, userId, tags },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
