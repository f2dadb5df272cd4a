import { badParams, pathText } from '../../domain/errors';
import { splitSecret } from '../../domain/webhooks/authentication';
import type { StoredWebhook, WebhookInput } from '../../domain/webhooks/webhook';
import { checkWebhook, type FieldFault } from '../../webhook/render';
import { readOnly } from '../http/schemas';

/** What a read gives besides the webhook's own fields: it may be sent back as it came. */
export const READ_ONLY = {
  ...{ id: readOnly, usage: readOnly, warnings: readOnly },
  ...{ createdAt: readOnly, updatedAt: readOnly },
};

/** For the OpenAPI document. */
export const WEBHOOK_EXAMPLE = {
  name: 'CRM sync',
  method: 'PUT',
  endpoint: 'https://crm.example.com/users?email={{#urlEncode}}{{email}}{{/urlEncode}}',
  headers: [{ name: 'X-Tenant', value: 'acme' }],
  body: '{"plan": "{{plan}}"}',
};

export function withoutReadOnly<Input extends { [Field in keyof typeof READ_ONLY]?: unknown }>(
  input: Input,
): Omit<Input, keyof typeof READ_ONLY> {
  const { id: _id, usage: _usage, warnings: _warnings, createdAt: _at, updatedAt: _last, ...own } = input;
  return own;
}

/**
 * What goes into a webhook's row. Throws `BadParams` when a template cannot be used, with its line and column;
 * `above` is where the webhook stands in the body.
 */
export function definitionOf(
  { name, ...input }: WebhookInput,
  ...above: string[]
): { name: string; definition: StoredWebhook } {
  const definition = { ...input, authentication: splitSecret(input.authentication).stored };
  refuseFaults(checkWebhook(definition), ...above);
  return { name, definition };
}

export function refuseFaults(faults: FieldFault[], ...above: string[]): void {
  if (faults.length === 0) return;
  const named = faults.map(({ path, message }) => [pathText([...above, ...path]), message] as const);
  throw badParams(Object.fromEntries(named));
}
