import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { deleteSecret } from '../../db/secrets/secrets';
import {
  findWebhook,
  insertWebhook,
  type ListedWebhookRow,
  listWebhooks,
  lockWebhook,
  markWebhookDeleted,
  updateWebhook,
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
import { requireTest, TestToken } from './test-tokens';
import { definitionOf, READ_ONLY, WEBHOOK_EXAMPLE, withoutReadOnly } from './definition';
import { refuseLocked } from './lock';
import { firstSigningSecret, storeSecret } from './secrets';

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

function writeRoutes(app: Api, { db, sealer }: AppDeps): void {
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
      const values = definitionOf(body);
      const saved = await db.transaction(async (tx) => {
        await requireTest(tx, sealer, body, values.definition, { testToken });
        const secretId = await storeSecret(tx, sealer, body);
        const row = await insertWebhook(tx, { ...values, secretId });
        return withNewSecret(webhookOf(row), await firstSigningSecret(tx, sealer, row));
      });
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
    handler: async ({ params, body: update }) => {
      const { testToken, ...input } = update;
      const body = withoutReadOnly(input);
      const values = definitionOf(body);
      return db.transaction(async (tx) => {
        const current = (await lockWebhook(tx, params.id)) ?? unknownWebhook(params.id);
        await refuseLocked(tx, params.id);
        await requireTest(tx, sealer, body, values.definition, { testToken, current });
        const secretId = await storeSecret(tx, sealer, body, current);
        const updated = await updateWebhook(tx, params.id, { ...values, secretId });
        if (secretId !== current.secretId) await dropSecret(tx, current);
        return withNewSecret(webhookOf(updated), await firstSigningSecret(tx, sealer, updated));
      });
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
      await db.transaction(async (tx) => {
        const current = (await lockWebhook(tx, params.id)) ?? unknownWebhook(params.id);
        await refuseLocked(tx, params.id);
        await deleteWebhook(tx, current);
      });
      return reply.code(204).send();
    },
  });
}

/** The caller holds the row. */
export async function deleteWebhook(db: Database, row: WebhookRow): Promise<void> {
  await markWebhookDeleted(db, row.id);
  await dropSecret(db, row);
}

async function dropSecret(db: Database, { secretId }: WebhookRow): Promise<void> {
  if (secretId !== null) await deleteSecret(db, secretId);
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

/** Adds the signing secret that was just made, if one was: the only time a webhook shows it. */
function withNewSecret(webhook: ReturnType<typeof webhookOf>, secret: string | undefined) {
  return secret === undefined ? webhook : { ...webhook, signing: { enabled: true, secret } };
}

export function unknownWebhook(id: number): never {
  throw new ApiError('NotFound', `There is no journey webhook ${id}. GET /api/journeyWebhooks lists them.`);
}
