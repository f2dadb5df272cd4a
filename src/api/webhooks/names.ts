import { z } from 'zod';
import { listWebhookNames, type WebhookName } from '../../db/webhooks/names';
import { LiveDataType } from '../../domain/webhooks/live-data';
import { METHODS } from '../../domain/webhooks/request-parts';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdsInQuery, TextInQuery, YesNoOrBoth } from '../http/schemas';
import { WEBHOOK_TAGS } from './routes';

const Named = z
  .object({
    id: z.int(),
    name: z.string(),
    method: z.enum(METHODS),
    dataRetrieval: z.boolean(),
    liveDataFields: z.array(z.object({ path: z.string(), type: LiveDataType })),
    deleted: z.boolean(),
  })
  .describe('What one needs to know of a webhook to call it in a journey.');

/** Whoever reads journeys may know what the webhooks in them are called; what they send is for fewer. */
export function webhookNamesRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeyWebhooks/names',
    config: { scope: ['integrations', 'journeys'] },
    schema: {
      operationId: 'listJourneyWebhookNames',
      summary: 'List names of journey webhooks',
      description: 'For all who may read journeys. Deleted webhooks only if their `id` is asked for.',
      tags: WEBHOOK_TAGS,
      querystring: z.strictObject({
        name: TextInQuery.optional().describe('Part of the name, in any case.'),
        id: IdsInQuery,
        dataRetrieval: YesNoOrBoth,
        method: z.enum(METHODS).optional(),
        ...PAGE,
      }),
      response: { 200: z.object({ webhooks: z.array(Named), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query: { id: ids, ...query } }) => {
      const filter = { ...query, ids };
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: WebhookName) => row.id,
        read: (limit, before) => listWebhookNames(db, filter, { before, limit }),
      });
      return { webhooks: rows, ...next };
    },
  });
}
