import { z } from 'zod';
import { deleteSession, listSessions, type SessionRow } from '../../db/people/sessions';
import { Scope } from '../../domain/api-key';
import { ApiError } from '../../domain/errors';
import { managesIntegrations } from '../../domain/people/person';
import { NewPassword, TypedPassword } from '../../domain/people/password';
import { recorded } from '../../usecases/audit/record';
import { changePassword } from '../../usecases/people/change-password';
import { sessionOf } from '../authentication/caller';
import { clearSessionCookie } from '../authentication/session-cookie';
import type { Api, AppDeps } from '../deps';
import { forRequest, type RequestDeps } from '../http/author';
import { ERRORS } from '../http/errors';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, IdInQuery, Time } from '../http/schemas';
import { answerSignedIn, Person, SESSION_TAGS, SessionAnswer, sessionAnswerOf, visitOf } from './signed-in';

const Session = z.object({
  id: z.int(),
  person: Person,
  current: z.boolean().describe('Whether it is the caller’s own.'),
  createdAt: Time,
  usedAt: Time,
  address: z.string().describe('From where the person signed in.'),
  userAgent: z.string().nullable(),
});

const tags = SESSION_TAGS;
/** Whoever calls may: it is about themselves. */
const config = { scope: Scope.options } as const;

export function sessionRoutes(app: Api, deps: AppDeps): void {
  whoRoute(app);
  signOutRoute(app, deps);
  passwordRoute(app, deps);
  listRoute(app, deps);
  endRoute(app, deps);
}

function whoRoute(app: Api): void {
  app.route({
    method: 'GET',
    url: '/session',
    config,
    schema: {
      operationId: 'getSession',
      summary: 'Show who calls and what they may',
      tags,
      response: { 200: SessionAnswer, ...ERRORS },
    },
    handler: async ({ caller: { scopes, session } }) =>
      session === undefined
        ? {
            person: null,
            scopes: [...scopes],
            manageIntegrations: managesIntegrations(scopes),
            csrfToken: null,
          }
        : sessionAnswerOf(session.person, session.token),
  });
}

function signOutRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/session',
    config,
    schema: {
      operationId: 'signOut',
      summary: 'Sign out',
      tags,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      await endSession(forRequest(deps, request), sessionOf(request).id);
      clearSessionCookie(request, reply, deps.listening);
      return reply.code(204).send();
    },
  });
}

function passwordRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'PUT',
    url: '/session/password',
    config,
    schema: {
      operationId: 'changePassword',
      summary: 'Change your own password',
      description: 'Ends all sessions of the person, and answers the cookie of a new one.',
      tags,
      body: z.strictObject({ currentPassword: TypedPassword, newPassword: NewPassword }),
      response: { 200: SessionAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { person } = sessionOf(request);
      const signedIn = await changePassword(deps.db, person, request.body, visitOf(request));
      return answerSignedIn(request, reply, deps, signedIn);
    },
  });
}

function listRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/sessions',
    config,
    schema: {
      operationId: 'listSessions',
      summary: 'List open sessions',
      description: 'A person’s own. An administrator sees everybody’s.',
      tags,
      querystring: z.strictObject({ personId: IdInQuery, ...PAGE }),
      response: { 200: z.object({ sessions: z.array(Session), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async (request) => {
      const { query, caller } = request;
      const personId = caller.scopes.includes('admin') ? query.personId : sessionOf(request).person.id;
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: SessionRow) => row.id,
        read: (limit, before) => listSessions(db, personId, { before, limit }),
      });
      return { sessions: rows.map((row) => sessionRowOf(row, caller.session?.id)), ...next };
    },
  });
}

function endRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/sessions/:id',
    config,
    schema: {
      operationId: 'endSession',
      summary: 'End a session',
      description: 'A person’s own. An administrator may end anybody’s.',
      tags,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const personId = request.caller.scopes.includes('admin') ? undefined : sessionOf(request).person.id;
      if (!(await endSession(forRequest(deps, request), id, personId))) {
        throw new ApiError('NotFound', `There is no open session ${id}. GET /api/sessions lists them.`);
      }
      return reply.code(204).send();
    },
  });
}

/** False when there is none, or it is of another person than the one asked for. */
async function endSession(deps: RequestDeps, id: number, personId?: number): Promise<boolean> {
  const ended = await recorded(
    deps,
    (tx) => deleteSession(tx, id, personId),
    (row) => row && { action: 'session.delete', id, name: row.personName },
  );
  return ended !== undefined;
}

function sessionRowOf(
  { createdAt, usedAt, ...row }: SessionRow,
  currentId: number | undefined,
): z.infer<typeof Session> {
  return {
    ...row,
    current: row.id === currentId,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt.toISOString(),
  };
}
