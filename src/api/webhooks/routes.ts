import { z } from 'zod';
import {
  findWebhook,
  type ListedWebhookRow,
  listWebhooks,
  type WebhookRow,
} from '../../db/webhooks/webhooks';
import { lockingTiles } from '../../db/webhooks/uses';
import { ApiError } from '../../domain/errors';
import { Inkit } from '../../domain/webhooks/inkit';
import { LiveDataType } from '../../domain/webhooks/live-data';
import { ShownAuthentication, withMarker } from '../../domain/webhooks/authentication';
import { WebhookInput } from '../../domain/webhooks/webhook';
import { schemeWarnings, warningsOf } from '../../domain/webhooks/warnings';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { ifUnchanged } from '../http/revisions';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, IdInQuery, Revision, TextInQuery, Time, Warnings } from '../http/schemas';
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
    authentication: ShownAuthentication,
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
    warnings: Warnings,
    revision: Revision,
    createdAt: Time,
    updatedAt: Time,
  })
  .describe('A saved webhook. Secrets are never read back: {"set": true} stands for them.');

const LockingTile = z.object({ journeyId: z.int(), journeyName: z.string(), tileId: z.string() });

const ListedWebhook = JourneyWebhook.extend({
  usage: z.object({
    tiles: z.int().describe('How many tiles rely on it: GET /{id}/usage names them.'),
    lockedBy: z
      .array(LockingTile)
      .describe('Live Data tiles of published journeys: with one, it can be neither edited nor deleted.'),
  }),
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
      const locks = await lockingTiles(
        db,
        rows.map(({ id }) => id),
      );
      const lockedBy = (id: number) => locks.filter(({ webhookId }) => webhookId === id).map(placeOf);
      const webhooks = rows.map((row) => ({
        ...webhookOf(row),
        usage: { tiles: row.tiles, lockedBy: lockedBy(row.id) },
      }));
      return { webhooks, ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/journeyWebhooks/:id',
    config: { ...config, revision: 'answered' },
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

function placeOf({ journeyId, journeyName, tileId }: z.infer<typeof LockingTile>) {
  return { journeyId, journeyName, tileId };
}

function writeRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeyWebhooks',
    config: { ...config, revision: 'answered', example: WEBHOOK_EXAMPLE },
    schema: {
      operationId: 'createJourneyWebhook',
      summary: 'Create a journey webhook',
      tags: TAGS,
      body: NewWebhook,
      response: { 201: JourneyWebhook, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { testToken, ...body } = request.body;
        reply.code(201);
        return savedWebhookOf(await createWebhook(own, body, testToken), body);
      }),
  });
  app.route({
    method: 'PUT',
    url: '/journeyWebhooks/:id',
    config: { ...config, revision: 'checked', example: WEBHOOK_EXAMPLE },
    schema: {
      operationId: 'updateJourneyWebhook',
      summary: 'Replace a journey webhook',
      tags: TAGS,
      params: IdInPath,
      body: WebhookUpdate,
      response: { 200: JourneyWebhook, ...ERRORS },
    },
    handler: async (request) => {
      const { id } = request.params;
      const { testToken, ...input } = request.body;
      const saved = await ifUnchanged(forRequest(deps, request), request, ['webhooks', id], (own) =>
        replaceWebhook(own, id, withoutReadOnly(input), testToken),
      );
      return savedWebhookOf(saved ?? unknownWebhook(id), input);
    },
  });
  app.route({
    method: 'DELETE',
    url: '/journeyWebhooks/:id',
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'deleteJourneyWebhook',
      summary: 'Delete a journey webhook',
      tags: TAGS,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const deleted = await ifUnchanged(forRequest(deps, request), request, ['webhooks', id], (own) =>
        deleteWebhook(own, id),
      );
      if (!deleted) unknownWebhook(id);
      return reply.code(204).send();
    },
  });
}

export function webhookOf({ id, name, definition, revision, createdAt, updatedAt }: WebhookRow) {
  return {
    id,
    name,
    ...definition,
    authentication: withMarker(definition.authentication),
    warnings: warningsOf(definition),
    revision,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** With the warnings about the input, and the signing secret if it was created now: it is never shown again. */
function savedWebhookOf(
  { row, signingSecret: secret }: SavedWebhook,
  { authentication }: Pick<WebhookInput, 'authentication'>,
) {
  const webhook = webhookOf(row);
  const warnings = [...webhook.warnings, ...schemeWarnings(authentication)];
  return { ...webhook, warnings, ...(secret !== undefined && { signing: { enabled: true, secret } }) };
}

export function unknownWebhook(id: number): never {
  throw new ApiError('NotFound', `There is no journey webhook ${id}. GET /api/journeyWebhooks lists them.`);
}
