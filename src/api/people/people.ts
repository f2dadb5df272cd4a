import { z } from 'zod';
import { listPeople, type PersonRow } from '../../db/people/people';
import { ApiError } from '../../domain/errors';
import { PersonInput } from '../../domain/people/person';
import { createPerson, removePerson, replacePerson } from '../../usecases/people/save-person';
import { invite } from '../../usecases/people/welcome';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { ifUnchanged } from '../http/revisions';
import { IdInPath, readOnly, Revision, Time } from '../http/schemas';
import { Person } from './signed-in';
import { welcomeLink } from './welcome-link';

const ListedPerson = Person.extend({
  hasPassword: z.boolean().describe('False until they have used their link.'),
  signedInAt: Time.nullable().describe('The last time.'),
  revision: Revision,
  createdAt: Time,
  updatedAt: Time,
});

/** What a read gives may be sent back. */
const PersonUpdate = PersonInput.extend({
  ...{ id: readOnly, hasPassword: readOnly, signedInAt: readOnly, revision: readOnly },
  ...{ createdAt: readOnly, updatedAt: readOnly },
});

const tags = ['People'];
const config = { scope: 'admin' } as const;
const EXAMPLE = { email: 'ada@example.com', name: 'Ada', role: 'marketer' };

/** Who may sign in. Only an administrator changes it, so nobody gives a right that they lack. */
export function peopleRoutes(app: Api, deps: AppDeps): void {
  listRoute(app, deps);
  createRoute(app, deps);
  updateRoute(app, deps);
  deleteRoute(app, deps);
  inviteRoute(app, deps);
}

function listRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/people',
    config,
    schema: {
      operationId: 'listPeople',
      summary: 'List people',
      tags,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ people: z.array(ListedPerson), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: PersonRow) => row.id,
        read: (limit, before) => listPeople(db, { before, limit }),
      });
      return { people: rows.map(personOf), ...next };
    },
  });
}

function createRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/people',
    config: { ...config, revision: 'answered', example: EXAMPLE },
    schema: {
      operationId: 'createPerson',
      summary: 'Add a person',
      description: 'They can sign in once they have set a password with the link of /invite.',
      tags,
      body: PersonInput,
      response: { 201: ListedPerson, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const row = await createPerson(own, request.body);
        reply.code(201);
        return personOf(row);
      }),
  });
}

function updateRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'PUT',
    url: '/people/:id',
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'updatePerson',
      summary: 'Change a person',
      description: 'What they may do changes with their next request.',
      tags,
      params: IdInPath,
      body: PersonUpdate,
      response: { 200: ListedPerson, ...ERRORS },
    },
    handler: async (request) => {
      const { email, name, role } = request.body;
      const { id } = request.params;
      const row = await ifUnchanged(forRequest(deps, request), request, ['people', id], (own) =>
        replacePerson(own, id, { email, name, role }),
      );
      if (row === undefined) throw noPerson(id);
      return personOf(row);
    },
  });
}

function deleteRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/people/:id',
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'deletePerson',
      summary: 'Remove a person',
      description: 'Their sessions and links end at once.',
      tags,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const removed = await ifUnchanged(forRequest(deps, request), request, ['people', id], (own) =>
        removePerson(own, id),
      );
      if (removed === undefined) throw noPerson(id);
      return reply.code(204).send();
    },
  });
}

function inviteRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/people/:id/invite',
    config,
    schema: {
      operationId: 'invitePerson',
      summary: 'Make a one-time link for a person',
      description:
        'For a first password, or a lost one. It replaces an earlier link, and this is the only time that it is shown.',
      tags,
      params: IdInPath,
      response: { 200: z.object({ link: z.string(), expiresAt: Time }), ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { id } = request.params;
        const link = await invite(own, id);
        if (link === undefined) throw noPerson(id);
        return { link: welcomeLink(deps.listening, link), expiresAt: link.expiresAt.toISOString() };
      }),
  });
}

function personOf({ signedInAt, createdAt, updatedAt, ...row }: PersonRow): z.infer<typeof ListedPerson> {
  return {
    ...row,
    signedInAt: signedInAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function noPerson(id: number): ApiError {
  return new ApiError('NotFound', `There is no person ${id}. GET /api/people lists everybody.`);
}
