import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Database } from '../../db/connection/client';
import { useSession } from '../../db/people/sessions';
import type { Scope } from '../../domain/api-key';
import { ApiError } from '../../domain/errors';
import { scopesOf } from '../../domain/people/person';
import { namesApiKey } from '../../domain/webhooks/request-parts';
import type { Listening } from '../http/foreign-requests';
import { type Caller, seesIntegrations } from './caller';
import type { KnownKeys } from './known-keys';
import { refuseForgedChange } from './page-requests';
import { tokenIn } from './session-cookie';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do for this route; of several, one is enough. */
    scope?: Scope | readonly Scope[];
    /** Shows nothing that is only for people who manage integrations, though its scope is `integrations`. */
    forAllReaders?: true;
    /** Answers only in Iterable's shapes and codes. */
    iterable?: boolean;
  }
}

export interface AuthenticationDeps {
  db: Database;
  keys: KnownKeys;
  listening: Listening;
}

/**
 * Every route that is added to `app` from here on asks for a key in the `Api-Key` header, or for the cookie of a session,
 * whose scopes include one of the route's. A route without a scope stops the program from starting, so that none is open
 * by mistake.
 */
export function registerAuthentication(app: FastifyInstance, deps: AuthenticationDeps): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined) throw new Error(`${String(method)} ${url} names no scope.`);
  });
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => {
    refuseKeyInQuery(request);
    request.caller = await authenticate(deps, request);
    authorize(request);
  });
}

/** A URL is logged on its way by anyone, so a key in it counts as given away (C11). */
function refuseKeyInQuery(request: FastifyRequest): void {
  if (Object.keys(request.query as object).some(namesApiKey)) {
    throw badApiKey(
      request,
      'An API key must not be in the URL. Send it in the Api-Key header, and replace this one.',
    );
  }
}

async function authenticate(deps: AuthenticationDeps, request: FastifyRequest): Promise<Caller> {
  // Node lowers the names. Iterable takes both, and some of its connectors send the second.
  const sent = request.headers['api-key'] ?? request.headers['api_key'];
  const token = sent === undefined ? tokenIn(request, deps.listening) : undefined;
  if (token !== undefined) return personOf(deps, request, token);
  if (typeof sent !== 'string' || sent === '') throw badApiKey(request, 'Invalid API key');
  const found = await deps.keys.find(sent);
  if (found === undefined) throw badApiKey(request, 'Invalid API key');
  const { id, name, scopes } = found;
  return { actor: { type: 'key', id, name }, scopes };
}

/** The person as they are now: what was taken from them counts at once. */
async function personOf(
  { db, listening }: AuthenticationDeps,
  request: FastifyRequest,
  token: string,
): Promise<Caller> {
  const session = await useSession(db, token);
  if (session === undefined) throw new ApiError('SessionEnded', 'Your session has ended. Sign in again.');
  refuseForgedChange(request, listening, token);
  const { id, name, role } = session.person;
  return { actor: { type: 'person', id, name }, scopes: scopesOf(role), session: { ...session, token } };
}

function authorize(request: FastifyRequest): void {
  const needed = [request.routeOptions.config.scope!].flat() as Scope[];
  const { scopes } = request.caller;
  const enough: Scope[] = [...needed, 'admin', ...(isReadable(request) ? (['read'] as const) : [])];
  if (!scopes.some((scope) => enough.includes(scope))) throw forbidden(request, needed[0]!);
}

/** Whether the scope `read` is enough. People do not see webhooks unless they manage integrations (B075). */
function isReadable({ method, caller, routeOptions: { config } }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const hidden = config.scope === 'integrations' && config.forAllReaders !== true;
  return !hidden || seesIntegrations(caller);
}

function forbidden({ caller }: FastifyRequest, scope: Scope): ApiError {
  const message =
    caller.session === undefined
      ? `This API key lacks the scope “${scope}”. Use one that has it.`
      : `Your role, ${caller.session.person.role}, lacks “${scope}”. An administrator can change it.`;
  return new ApiError('Forbidden', message);
}

function badApiKey(request: FastifyRequest, message: string): ApiError {
  return new ApiError('BadApiKey', message, {
    ip: request.ip,
    endpoint: request.url.split('?')[0],
  });
}
