import { badParams, pathText } from '../../domain/errors';
import { splitSecret } from '../../domain/webhooks/authentication';
import type { StoredWebhook, WebhookInput } from '../../domain/webhooks/webhook';
import { checkWebhook, type FieldFault } from '../../webhook/render';

/**
 * The name and the definition of a webhook's row. Throws `BadParams` with line and column when a template cannot be
 * used; `above` is where the webhook stands in the body.
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
