import { readOnly } from '../http/schemas';

/** The fields of a read that are not the webhook's own: they may be sent back unchanged. */
export const READ_ONLY = {
  ...{ id: readOnly, usage: readOnly, warnings: readOnly },
  ...{ revision: readOnly, createdAt: readOnly, updatedAt: readOnly },
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
  const {
    id: _id,
    usage: _usage,
    warnings: _warnings,
    revision: _revision,
    createdAt: _at,
    updatedAt: _last,
    ...own
  } = input;
  return own;
}
