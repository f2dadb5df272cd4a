import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { withInkitToken } from './inkit';

/**
 * The headers that an authentication setting adds to a request (B053 to B057, B063, B070), by lower-case name.
 * Spread them last: the setting overrides a custom header of the same name (G10).
 * Throws when a stored secret or the access token is missing, which is Wayhook's fault and not the endpoint's.
 */
export function authorizationHeaders(
  authentication: StoredAuthentication,
  secret: string | null,
  accessToken?: string,
): Record<string, string> {
  switch (authentication.type) {
    case 'none':
    case 'inkit':
      return {};
    case 'basic':
      return { authorization: `Basic ${required(secret, 'Basic token')}` };
    case 'basicUser': {
      const pair = `${authentication.username}:${required(secret, 'password')}`;
      return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
    }
    case 'bearer':
      return { authorization: `Bearer ${required(secret, 'bearer token')}` };
    case 'apiKey':
      return { [authentication.header.toLowerCase()]: required(secret, 'API key') };
    case 'oauth2':
      return { authorization: `Bearer ${required(accessToken, 'access token')}` };
  }
}

/** The body as it is sent: Inkit's gets the API token, any other is sent as rendered. */
export function authorizedBody(
  body: string | undefined,
  authentication: StoredAuthentication,
  secret: string | null,
): string | undefined {
  if (authentication.type !== 'inkit' || body === undefined) return body;
  return withInkitToken(body, required(secret, 'API token'));
}

function required(value: string | null | undefined, name: string): string {
  if (value === null || value === undefined) {
    throw new Error(`The ${name} of this webhook is missing. Save its authentication again.`);
  }
  return value;
}
