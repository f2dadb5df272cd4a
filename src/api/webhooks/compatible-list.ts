import { z } from 'zod';
import type { Api } from '../deps';
import { ERRORS } from '../http/errors';
import { WEBHOOK_TAGS } from './routes';

/**
 * Iterable's list of its system webhooks, which Wayhook has none of. Its clients ask for it when they start; ours are
 * at /api/journeyWebhooks and /api/eventWebhooks.
 */
export function compatibleWebhookListRoute(app: Api): void {
  app.route({
    method: 'GET',
    url: '/webhooks',
    config: { scope: 'integrations', iterable: true, forAllReaders: true },
    schema: {
      operationId: 'listSystemWebhooks',
      summary: 'List system webhooks: always none',
      tags: [...WEBHOOK_TAGS, 'Iterable-compatible'],
      response: { 200: z.object({ webhooks: z.array(z.never()) }), ...ERRORS },
    },
    handler: async () => ({ webhooks: [] }),
  });
}
