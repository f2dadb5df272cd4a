import { badParams } from '../../domain/errors';
import { z } from 'zod';
import type { StoredWebhook } from '../../domain/webhooks/webhook';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { showRequest } from '../../webhook/authenticate';
import { definitionOf } from '../../usecases/webhooks/definition';
import { WEBHOOK_EXAMPLE } from './definition';
import {
  SampleWebhook,
  SampleTile,
  LiveDataSample,
  namedWebhook,
  Names,
  renderSample,
  SampleWorkflowId,
  ShownRequest,
  WebhookId,
} from './sample-request';

const Preview = z.strictObject({
  webhook: SampleWebhook.optional().describe(
    'The webhook as it would be saved; or name a saved one by webhookId.',
  ),
  webhookId: WebhookId.optional(),
  profile: z.looseObject(Names).default({}).describe('The user’s fields, with email or userId.'),
  triggerData: z.record(z.string(), z.unknown()).default({}),
  liveData: LiveDataSample,
  workflowId: SampleWorkflowId,
  tile: SampleTile,
});
type Preview = z.infer<typeof Preview>;

/** Shows the request that a user would cause, and sends nothing. */
export function webhookPreviewRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeyWebhooks/preview',
    config: {
      scope: 'integrations',
      changesNothing: true,
      example: { webhook: WEBHOOK_EXAMPLE, profile: { plan: 'pro' } },
    },
    schema: {
      operationId: 'previewJourneyWebhook',
      summary: 'Preview a request',
      description: 'Renders a webhook for sample data. Nothing is sent.',
      tags: ['Journey webhooks'],
      body: Preview,
      response: { 200: z.object({ request: ShownRequest }), ...ERRORS },
    },
    handler: async ({ body }) => {
      const definition = await definitionIn(deps, body);
      const { email = null, userId = null, ...profile } = body.profile;
      const { triggerData, liveData, workflowId } = body;
      const context = { profile, triggerData, liveData, email, userId, workflowId };
      const rendered = renderSample(deps, definition, context, body.tile);
      return { request: showRequest(rendered, definition.authentication) };
    },
  });
}

async function definitionIn(deps: AppDeps, { webhook, webhookId }: Preview): Promise<StoredWebhook> {
  if ((webhook === undefined) === (webhookId === undefined)) {
    throw badParams({ webhook: 'Send webhook, or the webhookId of a saved one: one of the two.' });
  }
  if (webhookId !== undefined) return (await namedWebhook(deps, webhookId)).definition;
  return definitionOf(webhook!, 'webhook').definition;
}
