import { badParams, pathText } from '../../domain/errors';
import { z } from 'zod';
import { findWebhook, type WebhookRow } from '../../db/webhooks/webhooks';
import type { RenderedRequest } from '../../domain/webhooks/delivery';
import { DynamicParameters, type StoredWebhook, WebhookDraft } from '../../domain/webhooks/webhook';
import { checkParameters, type RenderContext, renderWebhook } from '../../webhook/render';
import { RenderFault } from '../../template/template';
import type { AppDeps } from '../deps';
import { MAX_INT } from '../../db/connection/ids';
import { refuseFaults } from '../../usecases/webhooks/definition';
import { READ_ONLY, withoutReadOnly } from './definition';

/* What previewing and testing a webhook have in common. */

/** What a read gives may be tried as it came. */
export const SampleWebhook = WebhookDraft.safeExtend(READ_ONLY).transform(withoutReadOnly);

export const WebhookId = z.int().positive().max(MAX_INT);

/** What a tile adds to the webhook that it names. */
export const SampleTile = z
  .strictObject({ parameters: DynamicParameters.default({}) })
  .default({ parameters: {} })
  .describe('The tile’s part: its dynamic parameters.');
export type SampleTile = z.infer<typeof SampleTile>;

/** The names a user goes by, among the fields of a sample. */
export const Names = {
  email: z.string().max(254).nullish(),
  userId: z.string().max(52).nullish(),
};

/** A journey's id, which only a webhook of a journey under way has. */
export const SampleWorkflowId = z.int().default(0).describe('Stands for the journey’s id.');

export const LiveDataSample = z.record(z.string(), z.unknown()).optional();

export const ShownRequest = z
  .object({
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().optional().describe('The exact text.'),
  })
  .describe('Credentials are shown as [redacted].');

export async function namedWebhook({ db }: AppDeps, id: number): Promise<WebhookRow> {
  const row = await findWebhook(db, id);
  if (row !== undefined) return row;
  throw badParams({ webhookId: `There is no journey webhook ${id}. GET /api/journeyWebhooks lists them.` });
}

/** Renders as a delivery does. Throws `BadParams` that names the field which cannot be rendered. */
export function renderSample(
  { sealer: { hmacKey } }: AppDeps,
  definition: StoredWebhook,
  context: Omit<RenderContext, 'now' | 'hmacKey'>,
  { parameters }: SampleTile,
): RenderedRequest {
  refuseFaults(checkParameters(parameters), 'tile', 'parameters');
  try {
    return renderWebhook(definition, { ...context, now: Date.now(), hmacKey }, parameters);
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    const { path = [], message } = error;
    const above = path[0] === 'parameters' ? 'tile' : 'webhook';
    throw badParams({ [pathText([above, ...path])]: message });
  }
}
