import type { paths } from '../../../types/schema';

export type Webhook =
  paths['/api/journeyWebhooks']['get']['responses'][200]['content']['application/json']['webhooks'][number];

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
