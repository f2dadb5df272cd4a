import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Person as PersonOfDb } from '../../db/people/people';
import { Scope } from '../../domain/api-key';
import { managesIntegrations, Role, scopesOf } from '../../domain/people/person';
import type { SignedIn, Visit } from '../../usecases/people/sessions';
import { csrfTokenOf } from '../authentication/page-requests';
import { setSessionCookie } from '../authentication/session-cookie';
import type { AppDeps } from '../deps';

/* What the calls that begin a session, and those about it, have in common. */

export const SESSION_TAGS = ['Signing in'];

export const Person = z
  .object({ id: z.int(), email: z.string(), name: z.string(), role: Role })
  .describe('Somebody who may sign in.');

export const SessionAnswer = z.object({
  person: Person.nullable().describe('Null for an API key.'),
  scopes: z.array(Scope).describe('What the caller may do, as the scopes of API keys; `admin` includes all.'),
  manageIntegrations: z.boolean().describe('Whether the caller may see and change webhooks.'),
  csrfToken: z
    .string()
    .nullable()
    .describe('For X-CSRF-Token, which each change of a page needs. Null for an API key.'),
});

export function sessionAnswerOf(person: PersonOfDb, token: string): z.infer<typeof SessionAnswer> {
  const scopes = [...scopesOf(person.role)];
  return {
    person,
    scopes,
    manageIntegrations: managesIntegrations(scopes),
    csrfToken: csrfTokenOf(token),
  };
}

/** Gives a browser its new session. */
export function answerSignedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { listening }: AppDeps,
  { person, token }: SignedIn,
): z.infer<typeof SessionAnswer> {
  setSessionCookie(request, reply, listening, token);
  return sessionAnswerOf(person, token);
}

export function visitOf({ ip, id, headers }: FastifyRequest): Visit {
  return { address: ip, userAgent: headers['user-agent'], requestId: id };
}
