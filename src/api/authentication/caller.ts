import type { FastifyRequest } from 'fastify';
import type { Session } from '../../db/people/sessions';
import type { Scope } from '../../domain/api-key';
import type { Actor } from '../../domain/audit';
import { ApiError } from '../../domain/errors';
import { managesIntegrations } from '../../domain/people/person';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** Who sends a request: a program with an API key, or a person who signed in. */
export interface Caller {
  actor: Actor;
  scopes: readonly Scope[];
  /** Of a person. */
  session?: Session & { token: string };
}

/** Whether what webhooks send may be shown: to people only if they manage integrations (B075), to every key that reads. */
export function seesIntegrations({ session, scopes }: Caller): boolean {
  return session === undefined || managesIntegrations(scopes);
}

/** The session of the person who calls. Throws `Forbidden` for an API key. */
export function sessionOf({ caller }: FastifyRequest): NonNullable<Caller['session']> {
  if (caller.session !== undefined) return caller.session;
  throw new ApiError('Forbidden', 'An API key has no session. This call is for people who signed in.');
}
