import { z } from 'zod';
import {
  findWebhook,
  type ListedWebhookRow,
  listWebhooks,
  type WebhookRow,
} from '../../db/webhooks/webhooks';
import { ApiError } from '../../domain/errors';
import { Inkit } from '../../domain/webhooks/inkit';
import { LiveDataType } from '../../domain/webhooks/live-data';
import { WebhookAuthentication, withMarker } from '../../domain/webhooks/authentication';
import { WebhookInput } from '../../domain/webhooks/webhook';
import { warningsOf } from '../../domain/webhooks/warnings';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, IdInQuery, TextInQuery, Time } from '../http/schemas';
import { deleteWebhook } from '../../usecases/webhooks/delete-webhook';
import { createWebhook, replaceWebhook, type SavedWebhook } from '../../usecases/webhooks/save-webhook';
import { READ_ONLY, WEBHOOK_EXAMPLE, withoutReadOnly } from './definition';

export const JourneyWebhook = z
  .object({
    id: z.int(),
    name: z.string(),
    destination: z.string(),
    method: z.string(),
    endpoint: z.string(),
    authentication: WebhookAuthentication,
    inkit: Inkit.optional(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    bodyType: z.string(),
    includeEmailAndWorkflowId: z.boolean(),
    userFields: z.array(z.string()),
    body: z.union([z.string(), z.array(z.object({ name: z.string(), value: z.string() }))]).optional(),
    signing: z.object({
      enabled: z.boolean(),
      secret: z.string().optional().describe('Only in the answer that turns signing on for the first time.'),
    }),
    dataRetrieval: z.boolean(),
    liveDataFields: z.array(z.object({ path: z.string(), type: LiveDataType })),
    warnings: z.array(z.object({ field: z.string(), message: z.string() })),
    createdAt: Time,
    updatedAt: Time,
  })
  .describe('A saved webhook. Secrets are never read back: {"set": true} stands for them.');

const ListedWebhook = JourneyWebhook.extend({
  usage: z.object({ tiles: z.int() }).describe('How many tiles rely on it: GET /{id}/usage names them.'),
});

const TestToken = z
  .string()
  .max(1_024)
  .optional()
  .describe('From a successful test of this webhook; needed where dataRetrieval is on.');

const NewWebhook = WebhookInput.safeExtend({ testToken: TestToken });

/** What a read gives may be edited and sent back whole. */
const WebhookUpdate = NewWebhook.safeExtend(READ_ONLY);

export const WEBHOOK_TAGS = ['Journey webhooks'];
const TAGS = WEBHOOK_TAGS;
const config = { scope: 'integrations' } as const;

/** Saved journey webhooks (B038 to B084). */
export function webhookRoutes(app: Api, deps: AppDeps): void {
  readRoutes(app, deps);
  writeRoutes(app, deps);
}

function readRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeyWebhooks',
    config,
    schema: {
      operationId: 'listJourneyWebhooks',
      summary: 'List journey webhooks',
      tags: TAGS,
      querystring: z.strictObject({
        name: TextInQuery.optional().describe('Part of the name, in any case.'),
        usedBy: IdInQuery.describe('A journey that relies on it.'),
        ...PAGE,
      }),
      response: { 200: z.object({ webhooks: z.array(ListedWebhook), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: ListedWebhookRow) => row.id,
        read: (limit, before) => listWebhooks(db, query, { before, limit }),
      });
      return {
        webhooks: rows.map((row) => ({ ...webhookOf(row), usage: { tiles: row.tiles } })),
        ...next,
      };
    },
  });
  app.route({
    method: 'GET',
    url: '/journeyWebhooks/:id',
    config,
    schema: {
      operationId: 'getJourneyWebhook',
      summary: 'Get a journey webhook',
      tags: TAGS,
      params: IdInPath,
      response: { 200: JourneyWebhook, ...ERRORS },
    },
    handler: async ({ params }) => webhookOf((await findWebhook(db, params.id)) ?? unknownWebhook(params.id)),
  });
}

function writeRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeyWebhooks',
    config: { ...config, example: WEBHOOK_EXAMPLE },
    schema: {
      operationId: 'createJourneyWebhook',
      summary: 'Create a journey webhook',
      tags: TAGS,
      body: NewWebhook,
      response: { 201: JourneyWebhook, ...ERRORS },
    },
    handler: async ({ body: { testToken, ...body } }, reply) => {
      const saved = savedWebhookOf(await createWebhook(deps, body, testToken));
      return reply.code(201).send(saved);
    },
  });
  app.route({
    method: 'PUT',
    url: '/journeyWebhooks/:id',
    config: { ...config, example: WEBHOOK_EXAMPLE },
    schema: {
      operationId: 'updateJourneyWebhook',
      summary: 'Replace a journey webhook',
      tags: TAGS,
      params: IdInPath,
      body: WebhookUpdate,
      response: { 200: JourneyWebhook, ...ERRORS },
    },
    handler: async ({ params, body: { testToken, ...input } }) => {
      const saved = await replaceWebhook(deps, params.id, withoutReadOnly(input), testToken);
      return savedWebhookOf(saved ?? unknownWebhook(params.id));
    },
  });
  app.route({
    method: 'DELETE',
    url: '/journeyWebhooks/:id',
    config,
    schema: {
      operationId: 'deleteJourneyWebhook',
      summary: 'Delete a journey webhook',
      tags: TAGS,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async ({ params }, reply) => {
      if (!(await deleteWebhook(deps.db, params.id))) unknownWebhook(params.id);
      return reply.code(204).send();
    },
  });
}

export function webhookOf({ id, name, definition, createdAt, updatedAt }: WebhookRow) {
  return {
    id,
    name,
    ...definition,
    authentication: withMarker(definition.authentication),
    warnings: warningsOf(definition),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** With the signing secret, if it was created now: it is never shown again. */
function savedWebhookOf({ row, signingSecret: secret }: SavedWebhook) {
  const webhook = webhookOf(row);
  return secret === undefined ? webhook : { ...webhook, signing: { enabled: true, secret } };
}

export function unknownWebhook(id: number): never {
  throw new ApiError('NotFound', `There is no journey webhook ${id}. GET /api/journeyWebhooks lists them.`);
}
