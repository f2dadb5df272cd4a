import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKey } from '../../db/api-keys';
import type { Scope } from '../../domain/api-key';
import { ApiError } from '../../domain/errors';
import { namesApiKey } from '../../domain/webhooks/request-parts';
import type { KnownKeys } from './known-keys';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must be allowed to do for this route; of several, one is enough. */
    scope?: Scope | Scope[];
    /** Answers only in Iterable's shapes and codes. */
    iterable?: boolean;
  }
  interface FastifyRequest {
    apiKey: ApiKey;
  }
}

/**
 * Every route that is added to `app` from here on asks for a key in the `Api-Key` header that has the route's
 * scope. A route without a scope stops the program from starting, so that none is open by mistake.
 */
export function registerAuthentication(app: FastifyInstance, keys: KnownKeys): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined) throw new Error(`${String(method)} ${url} names no scope.`);
  });
  app.decorateRequest('apiKey');
  app.addHook('onRequest', async (request) => {
    refuseKeyInQuery(request);
    request.apiKey = await authenticate(keys, request);
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

async function authenticate(keys: KnownKeys, request: FastifyRequest): Promise<ApiKey> {
  // Node lowers the names. Iterable takes both, and some of its connectors send the second.
  const sent = request.headers['api-key'] ?? request.headers['api_key'];
  if (typeof sent !== 'string' || sent === '') throw badApiKey(request, 'Invalid API key');
  const found = await keys.find(sent);
  if (found === undefined) throw badApiKey(request, 'Invalid API key');
  return found;
}

function authorize(request: FastifyRequest): void {
  const needed = [request.routeOptions.config.scope!].flat();
  const { scopes } = request.apiKey;
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const enough: Scope[] = [...needed, 'admin', ...(reading ? (['read'] as const) : [])];
  if (scopes.some((scope) => enough.includes(scope))) return;
  throw new ApiError('Forbidden', `This API key lacks the scope “${needed[0]}”. Use one that has it.`);
}

function badApiKey(request: FastifyRequest, message: string): ApiError {
  return new ApiError('BadApiKey', message, {
    ip: request.ip,
    endpoint: request.url.split('?')[0],
  });
}
