import { z } from 'zod';
import { type ApiKeyRow, insertApiKey, listApiKeys, newApiKey } from '../../db/api-keys';
import { ApiKeyInput, Scope } from '../../domain/api-key';
import { ApiError } from '../../domain/errors';
import { recorded } from '../../usecases/audit/record';
import { deleteApiKey } from '../../usecases/api-keys/delete-key';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { ERRORS } from '../http/errors';
import type { KnownKeys } from '../authentication/known-keys';
import { once } from '../http/once';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, Time } from '../http/schemas';

const ApiKey = z
  .object({
    id: z.int(),
    name: z.string(),
    scopes: z.array(Scope),
    environment: z.boolean().describe('Whether it is the key of WAYHOOK_API_KEY.'),
    createdAt: Time,
  })
  .describe('An API key, without the key itself: only its hash is stored.');

const CreatedApiKey = ApiKey.extend({ key: z.string().describe('The only time that it is shown.') });

const tags = ['API keys'];
const config = { scope: 'admin' } as const;

/** API keys. Only an administrator makes them, so no key is given a scope that its maker lacks. */
export function apiKeyRoutes(app: Api, deps: AppDeps, keys: KnownKeys): void {
  listRoute(app, deps);
  createRoute(app, deps);
  deleteRoute(app, deps, keys);
}

function listRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/apiKeys',
    config,
    schema: {
      operationId: 'listApiKeys',
      summary: 'List API keys',
      tags,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ apiKeys: z.array(ApiKey), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: ApiKeyRow) => row.id,
        read: (limit, before) => listApiKeys(deps.db, { before, limit }),
      });
      return { apiKeys: rows.map((row) => apiKeyOf(row, deps)), ...next };
    },
  });
}

function createRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/apiKeys',
    config: { ...config, example: { name: 'Shop', scopes: ['trigger'] } },
    schema: {
      operationId: 'createApiKey',
      summary: 'Create an API key',
      description: 'The answer is the only time that the key is shown.',
      tags,
      body: ApiKeyInput,
      response: { 201: CreatedApiKey, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const key = newApiKey();
        const row = await recorded(
          own,
          (tx) => insertApiKey(tx, key, request.body),
          ({ id, name, scopes }) => ({ action: 'apiKey.create', id, name, after: { name, scopes } }),
        );
        reply.code(201);
        return { ...apiKeyOf(row, deps), key };
      }),
  });
}

function deleteRoute(app: Api, deps: AppDeps, keys: KnownKeys): void {
  app.route({
    method: 'DELETE',
    url: '/apiKeys/:id',
    config,
    schema: {
      operationId: 'deleteApiKey',
      summary: 'Revoke an API key',
      description: 'It stops working at once; on other servers within a second.',
      tags,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (id === deps.environmentKeyId) {
        throw new ApiError(
          'Conflict',
          'This is the key of WAYHOOK_API_KEY. Set another key there and restart, then revoke this one.',
        );
      }
      if ((await deleteApiKey(forRequest(deps, request), id)) === undefined) {
        throw new ApiError('NotFound', `There is no API key ${id}. GET /api/apiKeys lists them.`);
      }
      keys.forget();
      return reply.code(204).send();
    },
  });
}

function apiKeyOf({ createdAt, ...key }: ApiKeyRow, { environmentKeyId }: AppDeps): z.infer<typeof ApiKey> {
  return { ...key, environment: key.id === environmentKeyId, createdAt: createdAt.toISOString() };
}
