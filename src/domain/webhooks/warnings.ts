import { namesCredential } from './redact';
import { type StoredAuthentication, typedScheme, type WebhookAuthentication } from './authentication';
import type { StoredWebhook } from './webhook';

/** A setting of a webhook that works but is unwise. */
export interface WebhookWarning {
  /** The field's path: `headers[0]`. */
  field: string;
  message: string;
}

/** The warnings shown when a webhook is saved or read (B075, B076, G10). */
export function warningsOf({
  headers,
  authentication,
}: Pick<StoredWebhook, 'headers' | 'authentication'>): WebhookWarning[] {
  const taken = authenticationHeader(authentication);
  return headers.flatMap(({ name }, index) => {
    const field = `headers[${index}]`;
    const messages = [
      ...(namesCredential(name) ? [shown(name)] : []),
      ...(name.toLowerCase() === taken?.toLowerCase() ? [replaced(name)] : []),
    ];
    return messages.map((message) => ({ field, message }));
  });
}

/** The warning in the answer to a save: the scheme that was typed before a token was taken off. */
export function schemeWarnings(
  authentication: WebhookAuthentication,
  field = 'authentication',
): WebhookWarning[] {
  const scheme = typedScheme(authentication);
  if (scheme === undefined) return [];
  const name = scheme === 'basic' ? 'Basic' : 'Bearer';
  const message = `“${name} ” before the token was taken off: Wayhook sends it itself. Save only what follows it.`;
  return [{ field: `${field}.token`, message }];
}

/** The header that an authentication setting adds. */
function authenticationHeader(authentication: StoredAuthentication): string | undefined {
  if (authentication.type === 'none' || authentication.type === 'inkit') return undefined;
  return authentication.type === 'apiKey' ? authentication.header : 'Authorization';
}

function shown(name: string): string {
  return `“${name}” looks like a credential, and a custom header is shown in plain text to everyone who can read webhooks. Use the authentication setting: it is encrypted and never shown.`;
}

function replaced(name: string): string {
  return `The authentication setting also sets “${name}” and overrides this header. Remove this header.`;
}
