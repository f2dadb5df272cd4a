import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { countMembers, deleteList, insertList, listLists, listMembers } from '../../db/lists/lists';
import { ApiError } from '../../domain/errors';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { MAX_INT } from '../../db/connection/ids';
import { recorded } from '../../usecases/audit/record';
import { invalidList, refuseInvalidList } from '../../usecases/users/refuse-invalid-list';
import { IdInPath, plainText, ExplicitId } from '../http/schemas';

const NewList = z.object({
  id: ExplicitId.describe('An id that no list has; left out, the next one.'),
  name: z.string().trim().min(1, 'A list needs a name.').max(200),
  description: z.string().max(2_000).nullish(),
});

const List = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string(),
  listType: z.literal('Standard'),
  createdAt: z.int().describe('Milliseconds since the epoch.'),
});

const TAGS = ['Iterable-compatible'];
const config = { scope: 'trigger', iterable: true } as const;

/** Lists of users: changes start journeys, and journeys can suppress the users of a list. */
export function listRoutes(app: Api, deps: AppDeps): void {
  listsRoutes(app, deps);
  deleteRoute(app, deps);
  membersRoutes(app, deps);
}

function listsRoutes(app: Api, deps: AppDeps): void {
  const { db } = deps;
  app.route({
    method: 'POST',
    url: '/lists',
    config,
    schema: {
      operationId: 'createList',
      summary: 'Create a list',
      tags: TAGS,
      body: NewList,
      response: { 200: z.object({ listId: z.int() }), ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { id, name, description } = request.body;
        const list = { name, description: description ?? '' };
        const listId = await recorded(
          own,
          (tx) => insertList(tx, list, id),
          (made) => (made === undefined ? undefined : { action: 'list.create', id: made, name, after: list }),
        );
        if (listId !== undefined) return { listId };
        throw new ApiError('Conflict', `There is a list ${id} already. Leave the id out, or choose another.`);
      }),
  });
  app.route({
    method: 'GET',
    url: '/lists',
    config,
    schema: {
      operationId: 'listLists',
      summary: 'List lists',
      tags: TAGS,
      response: { 200: z.object({ lists: z.array(List) }), ...ERRORS },
    },
    handler: async () => ({
      lists: (await listLists(db)).map(({ createdAt, ...list }) => ({
        ...list,
        listType: 'Standard' as const,
        createdAt: createdAt.getTime(),
      })),
    }),
  });
}

function deleteRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/lists/:id',
    config,
    schema: {
      operationId: 'deleteList',
      summary: 'Delete a list',
      description:
        'Deletes the list, not its users. Refused while a journey needs it that is published, or that users are in.',
      tags: TAGS,
      params: IdInPath,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: async (request) => {
      const { id } = request.params;
      const needing = await recorded(
        forRequest(deps, request),
        (tx) => deleteList(tx, id),
        (users) => (users?.length === 0 ? { action: 'list.delete', id } : undefined),
      );
      if (needing === undefined) throw invalidList(id);
      if (needing.length === 0) return { msg: '', code: 'Success', params: null };
      const names = needing.map((journey) => `${journey.id} (${journey.name})`).join(', ');
      throw new ApiError(
        'Conflict',
        `These journeys need list ${id}: ${names}. Unpublish them, or publish them without it. Users who are under way in older versions may need it too: wait for them, or take them out with POST /api/entries/exit.`,
        { journeys: needing },
      );
    },
  });
}

function membersRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/lists/:id/size',
    config,
    schema: {
      operationId: 'getListSize',
      summary: 'Count the users of a list',
      tags: TAGS,
      params: IdInPath,
      response: { 200: plainText('How many users are on the list.'), ...ERRORS },
    },
    handler: async ({ params: { id } }, reply) => {
      const size = await countMembers(db, id);
      if (size === undefined) throw invalidList(id);
      return reply.type('text/plain').send(String(size));
    },
  });
  app.route({
    method: 'GET',
    url: '/lists/getUsers',
    config,
    schema: {
      operationId: 'getListUsers',
      summary: 'List the users of a list',
      tags: TAGS,
      querystring: z.object({
        listId: z.coerce.number().int().positive().max(MAX_INT),
        preferUserId: z.enum(['true', 'false']).default('false'),
        maxResults: z.coerce.number().int().positive().max(MAX_INT).optional(),
      }),
      response: { 200: plainText('The email, or else the userId, of a user a line.'), ...ERRORS },
    },
    handler: async ({ query: { listId, preferUserId, maxResults } }, reply) => {
      await refuseInvalidList(db, listId);
      const lines = Readable.from(linesOf(db, listId, preferUserId === 'true', maxResults ?? Infinity));
      return reply.type('text/plain').send(lines as unknown as string);
    },
  });
}

/** Users that are in memory at a time. */
const PAGE_SIZE = 1_000;

/** A page of users at a time, so that a list of any length is answered. */
async function* linesOf(
  db: Database,
  listId: number,
  preferUserId: boolean,
  most: number,
): AsyncGenerator<string> {
  let after = 0;
  let left = most;
  for (;;) {
    const limit = Math.min(PAGE_SIZE, left);
    const members = await listMembers(db, listId, { after, limit });
    const names = members.map(({ email, userId }) => (preferUserId ? (userId ?? email) : (email ?? userId)));
    if (names.length > 0) yield `${names.join('\n')}\n`;
    left -= members.length;
    if (members.length < limit || left === 0) return;
    after = members.at(-1)!.id;
  }
}
