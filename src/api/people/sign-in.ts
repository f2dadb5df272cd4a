import { z } from 'zod';
import { NewPassword, TypedPassword } from '../../domain/people/password';
import { PersonEmail, PersonName } from '../../domain/people/person';
import { signIn } from '../../usecases/people/sign-in';
import { lookAtLink, welcome } from '../../usecases/people/welcome';
import { refuseForeignOrigin } from '../authentication/page-requests';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { Time } from '../http/schemas';
import { answerSignedIn, Person, SESSION_TAGS, SessionAnswer, visitOf } from './signed-in';

const Code = z.string().max(200).describe('What follows `#code=` in the link.');

/** Whoever calls these has no session yet. A page of another site cannot sign somebody in. */
export function signInRoutes(app: Api, deps: AppDeps): void {
  app.addHook('onRequest', async (request) => refuseForeignOrigin(request, deps.listening));
  signInRoute(app, deps);
  linkRoute(app, deps);
  welcomeRoute(app, deps);
}

function signInRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/session',
    schema: {
      operationId: 'signIn',
      summary: 'Sign in with a password',
      description:
        'Answers the cookie of a session. Ten wrong passwords lock the account and the address for 15 minutes (429).',
      tags: SESSION_TAGS,
      body: z.strictObject({ email: PersonEmail, password: TypedPassword }),
      response: { 200: SessionAnswer, ...ERRORS },
    },
    handler: async (request, reply) =>
      answerSignedIn(request, reply, deps, await signIn(deps.db, request.body, visitOf(request))),
  });
}

function linkRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/welcome/check',
    schema: {
      operationId: 'checkLink',
      summary: 'Look at a one-time link',
      description: 'Does not use it up. 410 for a link that is used, expired or replaced.',
      tags: SESSION_TAGS,
      body: z.strictObject({ code: Code }),
      response: {
        200: z.object({
          person: Person.nullable().describe('Null for the first administrator, who gives email and name.'),
          expiresAt: Time,
        }),
        ...ERRORS,
      },
    },
    handler: async ({ body: { code } }) => {
      const { person, expiresAt } = await lookAtLink(db, code);
      return { person, expiresAt: expiresAt.toISOString() };
    },
  });
}

function welcomeRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/welcome',
    schema: {
      operationId: 'welcome',
      summary: 'Set a password with a one-time link',
      description: 'Uses the link up, ends the person’s other sessions, and signs in.',
      tags: SESSION_TAGS,
      body: z.strictObject({
        code: Code,
        password: NewPassword,
        email: PersonEmail.optional().describe('Of the first administrator alone.'),
        name: PersonName.optional().describe('Of the first administrator alone.'),
      }),
      response: { 200: SessionAnswer, ...ERRORS },
    },
    handler: async (request, reply) =>
      answerSignedIn(request, reply, deps, await welcome(deps.db, request.body, visitOf(request))),
  });
}
