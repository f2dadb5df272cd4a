import { z } from 'zod';
import { countMembers, isList, journeysNeeding, listMembers, type Member } from '../../db/lists/lists';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath } from '../http/schemas';
import { noList } from '../users/import';

const Usage = z.object({
  users: z.int().describe('How many are on the list.'),
  journeys: z
    .array(z.object({ id: z.int(), name: z.string() }))
    .describe(
      'Those that need it: they are published, or users are in them. It cannot be deleted meanwhile.',
    ),
});

const Listed = z.object({ email: z.string().nullable(), userId: z.string().nullable() });

const TAGS = ['Users'];
const config = { scope: 'trigger' } as const;

/** Who is on a list, page by page, and which journeys need it. */
export function listUsageRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/lists/:id/usage',
    config,
    schema: {
      operationId: 'getListUsage',
      summary: 'Get what needs a list',
      tags: TAGS,
      params: IdInPath,
      response: { 200: Usage, ...ERRORS },
    },
    handler: async ({ params: { id } }) => {
      const users = await countMembers(db, id);
      if (users === undefined) throw noList(id);
      return { users, journeys: await journeysNeeding(db, id) };
    },
  });
  app.route({
    method: 'GET',
    url: '/lists/:id/users',
    config,
    schema: {
      operationId: 'listUsersOfList',
      summary: 'List users of a list by page',
      description: 'In the order in which they came to Wayhook.',
      tags: TAGS,
      params: IdInPath,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ users: z.array(Listed), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ params: { id }, query }) => {
      if (!(await isList(db, id))) throw noList(id);
      const { rows, ...next } = await readPage(query, {
        key: z.int().nonnegative(),
        keyOf: (row: Member) => row.id,
        read: (limit, after = 0) => listMembers(db, id, { after, limit }),
      });
      return { users: rows.map(({ email, userId }) => ({ email, userId })), ...next };
    },
  });
}
