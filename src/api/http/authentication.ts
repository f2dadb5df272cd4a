import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type ApiKey, findApiKey, type Scope } from '../../db/api-keys';
import type { Database } from '../../db/connection/client';
import { ApiError } from '../../domain/errors';
import { namesApiKey } from '../../domain/webhooks/request-parts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must be allowed to do for this route. */
    scope?: Scope;
    /** Answers only in Iterable's shapes and codes. */
    iterable?: boolean;
  }
  interface FastifyRequest {
    apiKey: ApiKey;
  }
}

/** A revoked key works no longer than this. */
const REMEMBERED_MS = 1_000;

/**
 * Every route that is added to `app` from here on asks for a key in the `Api-Key` header that has the route's
 * scope. A route without a scope stops the program from starting, so that none is open by mistake.
 */
export function registerAuthentication(app: FastifyInstance, db: Database): void {
  const remembered = new LRUCache<string, ApiKey>({ max: 1_000, ttl: REMEMBERED_MS, ttlResolution: 0 });
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined) throw new Error(`${String(method)} ${url} names no scope.`);
  });
  app.decorateRequest('apiKey');
  app.addHook('onRequest', async (request) => {
    refuseKeyInQuery(request);
    request.apiKey = await authenticate(db, remembered, request);
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

async function authenticate(
  db: Database,
  remembered: LRUCache<string, ApiKey>,
  request: FastifyRequest,
): Promise<ApiKey> {
  const sent = request.headers['api-key'];
  if (typeof sent !== 'string' || sent === '') throw badApiKey(request, 'Invalid API key');
  const known = remembered.get(sent);
  if (known !== undefined) return known;
  const found = await findApiKey(db, sent);
  if (found === undefined) throw badApiKey(request, 'Invalid API key');
  remembered.set(sent, found);
  return found;
}

function authorize(request: FastifyRequest): void {
  const { scope } = request.routeOptions.config;
  const { scopes } = request.apiKey;
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (scopes.includes('admin') || scopes.includes(scope!) || (reading && scopes.includes('read'))) return;
  throw new ApiError('Forbidden', `This API key lacks the scope “${scope}”. Use one that has it.`);
}

function badApiKey(request: FastifyRequest, message: string): ApiError {
  return new ApiError('BadApiKey', message, {
    ip: request.ip,
    endpoint: request.url.split('?')[0],
  });
}
