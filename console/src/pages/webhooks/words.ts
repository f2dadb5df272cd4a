import type { paths } from '../../../types/schema';

export type Webhook =
  paths['/api/journeyWebhooks']['get']['responses'][200]['content']['application/json']['webhooks'][number];

/** One as it was read. */
export type SavedWebhook =
  paths['/api/journeyWebhooks/{id}']['get']['responses'][200]['content']['application/json'];

/** One as it is sent. */
export type WebhookInput =
  paths['/api/journeyWebhooks']['post']['requestBody']['content']['application/json'];

export type LiveDataField = NonNullable<WebhookInput['liveDataFields']>[number];
export type Method = NonNullable<WebhookInput['method']>;

/** What the list keeps in the address. */
export interface WebhookSearch {
  name?: string;
  /** The webhook whose details are open. */
  open?: number;
  /** The journey that relies on them. */
  usedBy?: number;
}

/** How a request proves whose it is, by the type of `authentication`. */
export const AUTHENTICATION: Record<string, string> = {
  none: 'None',
  basic: 'Basic',
  basicUser: 'Basic',
  bearer: 'Bearer token',
  apiKey: 'API key',
  oauth2: 'OAuth 2.0',
  inkit: 'Inkit',
};
