import type { StoredAuthentication } from '../domain/webhooks/authentication';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { namesCredential, REDACTED, redactHeaders } from '../domain/webhooks/redact';
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

/**
 * What a request carries that nothing shown may repeat: the stored secret and the access token, as they are kept and as
 * they are sent, and the values of custom headers that look like credentials.
 */
export function sentSecrets(
  headers: Record<string, string>,
  authentication: StoredAuthentication,
  secret: string | null,
  accessToken?: string,
): string[] {
  const credentials = Object.entries(headers).filter(([name]) => namesCredential(name));
  const sent = [
    ...credentials.map(([, value]) => value),
    ...Object.values(authorizationHeaders(authentication, secret, accessToken)),
  ].flatMap((value) => [value.replace(SCHEME, ''), inBase64(value), ...pairIn(value)]);
  return secret === null ? sent : [secret, ...sent];
}

function inBase64(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, '');
}

const SCHEME = /^(Basic|Bearer|Token) +/i;

/** The user and password of a Basic header, and the password alone. */
function pairIn(header: string): string[] {
  const [, token] = /^Basic +(\S+)$/i.exec(header) ?? [];
  if (token === undefined) return [];
  const pair = token.includes(':') ? token : Buffer.from(token, 'base64').toString('utf8');
  return pair.includes(':') ? [pair, pair.slice(pair.indexOf(':') + 1)] : [];
}

/** The request as it would be sent, whatever lets it in hidden. */
export function showRequest(request: RenderedRequest, authentication: StoredAuthentication): RenderedRequest {
  const hidden = Object.keys(authorizationHeaders(authentication, '', '')).map((name) => [name, REDACTED]);
  return {
    ...request,
    headers: { ...redactHeaders(request.headers), ...Object.fromEntries(hidden) },
    body: authorizedBody(request.body, authentication, REDACTED),
  };
}

function required(value: string | null | undefined, name: string): string {
  if (value === null || value === undefined) {
    throw new Error(`The ${name} of this webhook is missing. Save its authentication again.`);
  }
  return value;
}
