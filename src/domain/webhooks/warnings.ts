import { namesCredential } from './redact';
import type { StoredAuthentication } from './authentication';
import type { StoredWebhook } from './webhook';

/** Something in a webhook that works and is unwise. */
export interface WebhookWarning {
  /** The field's path: `headers[0]`. */
  field: string;
  message: string;
}

/** What to tell whoever saves or reads a webhook (B075, B076, G10). */
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

/** The header that an authentication setting makes. */
function authenticationHeader(authentication: StoredAuthentication): string | undefined {
  if (authentication.type === 'none' || authentication.type === 'inkit') return undefined;
  return authentication.type === 'apiKey' ? authentication.header : 'Authorization';
}

function shown(name: string): string {
  return `“${name}” looks like a credential, and a custom header is shown in plain text to whoever may read webhooks. Use the authentication setting: it is encrypted and never read back.`;
}

function replaced(name: string): string {
  return `The authentication setting makes “${name}” too, and that one is sent. Remove this header.`;
}
