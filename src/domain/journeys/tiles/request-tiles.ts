import { z } from 'zod';
import { InlineWebhook } from '../../webhooks/inline-webhook';
import { Url } from '../../webhooks/request-parts';
import { DynamicParameters } from '../../webhooks/webhook';
import { RateLimit } from '../rate-limit';
import { SendWindow } from '../timing/send-window';
import { COMMON, Duration, LiveDataName, Next } from './fields';

/* The tiles that call an endpoint. */

/** Replaces the journey's window; null exempts the tile from it. */
const WindowOfTile = SendWindow.nullable().optional();

/** Lets the endpoint answer later, by a call to an address that the request carries (docs/callbacks.md). */
const AwaitedCallback = z.strictObject({
  on: z
    .int()
    .min(200)
    .max(299, 'on is a status of success, from 200 to 299: after others, requests are repeated.')
    .default(202),
  timeout: Duration,
  onSuccess: Next,
  onFailure: Next,
  onTimeout: Next,
});

/** Calls a saved or an inline webhook (C13) and discards the answer (B004, B008). */
export const WebhookTile = z
  .strictObject({
    ...COMMON,
    type: z.literal('webhook'),
    webhookId: z.int().positive().optional(),
    webhook: InlineWebhook.optional(),
    parameters: DynamicParameters.optional(),
    rateLimit: RateLimit.optional(),
    sendWindow: WindowOfTile,
    onFailure: Next,
    callback: AwaitedCallback.optional(),
    next: Next,
  })
  .refine(({ webhook, callback }) => webhook === undefined || callback === undefined, {
    path: ['callback'],
    message:
      'An inline webhook signs nothing, so nobody could tell who calls back. Save the webhook, turn its signing on, and use its webhookId.',
  })
  .refine(({ webhookId, webhook }) => (webhookId === undefined) !== (webhook === undefined), {
    path: ['webhookId'],
    message: 'A webhook tile has either a webhookId or an inline webhook.',
  });

/** Calls a webhook with Data Retrieval and stores the chosen fields of the answer with the entry (B005, B112). */
export const LiveDataTile = z.strictObject({
  ...COMMON,
  type: z.literal('liveData'),
  webhookId: z.int().positive(),
  name: LiveDataName,
  parameters: DynamicParameters.optional(),
  rateLimit: RateLimit.optional(),
  sendWindow: WindowOfTile,
  onFailure: Next,
  next: Next,
});

/** Fetches a JSON object, from a URL or with a saved GET webhook, and merges it into the user's profile (B101, B102). */
export const UserProfileTile = z
  .strictObject({
    ...COMMON,
    type: z.literal('userProfile'),
    url: Url.optional(),
    webhookId: z.int().positive().optional(),
    sendWindow: WindowOfTile,
    onFailure: Next,
    next: Next,
  })
  .refine(({ url, webhookId }) => (url === undefined) !== (webhookId === undefined), {
    path: ['url'],
    message: 'A userProfile tile has either a url or a webhookId.',
  });
export type WebhookTile = z.infer<typeof WebhookTile>;
export type AwaitedCallback = z.infer<typeof AwaitedCallback>;
