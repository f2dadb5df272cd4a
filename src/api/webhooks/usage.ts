import { z } from 'zod';
import { boundedList } from '../../domain/bounded-list';
import { findWebhook, insertWebhook, type WebhookRow } from '../../db/webhooks/webhooks';
import { usageOf } from '../../db/webhooks/uses';
import type { StoredWebhook } from '../../domain/webhooks/webhook';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { MAX_INT } from '../../db/connection/ids';
import { IdInPath } from '../http/schemas';
import { recorded } from '../../usecases/audit/record';
import { webhookView } from '../../usecases/audit/views';
import { deleteWebhooks } from '../../usecases/webhooks/delete-webhook';
import { JourneyWebhook, unknownWebhook, WEBHOOK_TAGS, webhookOf } from './routes';

const MOST_AT_ONCE = 200;
const MAX_NAME = 200;
const COPY = ' (copy)';

const UsageTile = z
  .object({
    journeyId: z.int(),
    journeyName: z.string(),
    version: z.int().nullable().describe('Null where only the draft has the tile.'),
    tileId: z.string(),
    tileType: z.string(),
    published: z.boolean().describe('Whether the version that takes entries has the tile.'),
    activeEntries: z.int().describe('Entries that are at the tile now, whatever their version.'),
  })
  .describe('A tile that relies on the webhook.');

const Bulk = z.strictObject({ ids: boundedList(z.int().positive().max(MAX_INT), MOST_AT_ONCE, 1) });
const BulkAnswer = z.object({
  deleted: z.array(z.int()),
  refused: z.array(z.object({ id: z.int(), reason: z.string() })),
});

const config = { scope: 'integrations' } as const;

/** What people do with webhooks that are there: look at their use, copy them, delete several (B119 to B128). */
export function webhookUsageRoutes(app: Api, deps: AppDeps): void {
  const { db } = deps;
  const tags = WEBHOOK_TAGS;
  app.route({
    method: 'GET',
    url: '/journeyWebhooks/:id/usage',
    config,
    schema: {
      operationId: 'getJourneyWebhookUsage',
      summary: 'List tiles that use a webhook',
      tags,
      params: IdInPath,
      response: { 200: z.object({ tiles: z.array(UsageTile) }), ...ERRORS },
    },
    handler: async ({ params }) => {
      if ((await findWebhook(db, params.id)) === undefined) unknownWebhook(params.id);
      return { tiles: await usageOf(db, params.id) };
    },
  });
  app.route({
    method: 'POST',
    url: '/journeyWebhooks/:id/duplicate',
    config: { ...config, revision: 'answered' },
    schema: {
      operationId: 'duplicateJourneyWebhook',
      summary: 'Duplicate a journey webhook',
      description: 'The copy has no authentication, no signing and no Data Retrieval: set them up by hand.',
      tags,
      params: IdInPath,
      response: { 201: JourneyWebhook, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { id } = request.params;
        const original = (await findWebhook(own.db, id)) ?? unknownWebhook(id);
        reply.code(201);
        const copy = await recorded(
          own,
          (tx) => insertWebhook(tx, copyOf(original)),
          (row) => ({ action: 'webhook.duplicate', id: row.id, name: row.name, after: webhookView(row) }),
        );
        return webhookOf(copy);
      }),
  });
  app.route({
    method: 'POST',
    url: '/journeyWebhooks/bulkDelete',
    config,
    schema: {
      operationId: 'bulkDeleteJourneyWebhooks',
      summary: 'Delete several journey webhooks',
      tags,
      body: Bulk,
      response: { 200: BulkAnswer, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, (own) => deleteWebhooks(own, [...new Set(request.body.ids)])),
  });
}

/**
 * Custom headers are copied; whatever is secret is not (B122). Neither is Data Retrieval: the copy's request,
 * without its authentication, is one that no test has shown to succeed (B109).
 */
function copyOf({ name, definition }: WebhookRow): Parameters<typeof insertWebhook>[1] {
  const copy: StoredWebhook = {
    ...definition,
    authentication: { type: 'none' },
    signing: { enabled: false },
    dataRetrieval: false,
    liveDataFields: [],
  };
  return { name: name.slice(0, MAX_NAME - COPY.length) + COPY, definition: copy, secretId: null };
}
