import type { FormField, StoredWebhook } from '../domain/webhooks/webhook';
import { profileOf, type RenderContext } from '../template/scope';
import { isNothing, jsonOf, textOf } from '../template/values';
import { encodeFieldName, urlEncode } from '../template/url-encode';

export type Payload = Record<string, unknown>;

/**
 * What a webhook sends in addition to its custom body (B090): user fields (B084), overridden by trigger data (B092),
 * and email and workflowId (B082), which trigger data cannot override (C7).
 */
export function defaultPayload(
  webhook: Pick<StoredWebhook, 'includeEmailAndWorkflowId' | 'userFields'>,
  context: RenderContext,
): Payload {
  return {
    ...userFields(webhook.userFields, context),
    ...context.triggerData,
    ...(webhook.includeEmailAndWorkflowId ? identity(context) : {}),
  };
}

/** A field that the profile lacks is left out (B086); trigger data overrides a field of the same name (B085). */
function userFields(names: string[], context: RenderContext): Payload {
  const profile = profileOf(context);
  const known = names.filter((name) => Object.hasOwn(profile, name));
  return Object.fromEntries(known.map((name) => [name, profile[name]]));
}

/** A user without an email is identified by the user id. */
function identity({ email, userId, workflowId }: RenderContext): Payload {
  if (email !== null) return { email, workflowId };
  return userId === null ? { workflowId } : { userId, workflowId };
}

/** One JSON object (B089). A member of the custom body replaces the whole member of the same name (G5). */
export function jsonBody(payload: Payload, custom: Payload): string {
  return jsonOf({ ...payload, ...custom });
}

/**
 * Form fields (B089) in the order of the JSON body's keys. Null values are left out; objects and arrays are sent as
 * JSON text (G6). A custom field replaces a payload field of the same name; custom fields that share a name are all
 * sent.
 */
export function formBody(payload: Payload, custom: FormField[]): string {
  const fields = new Map<string, unknown[]>(Object.entries(payload).map(([name, value]) => [name, [value]]));
  const replaced = new Set<string>();
  for (const { name, value } of custom) {
    fields.set(name, replaced.has(name) ? [...fields.get(name)!, value] : [value]);
    replaced.add(name);
  }
  return [...fields]
    .flatMap(([name, values]) => values.map((value) => [name, value] as const))
    .filter(([, value]) => !isNothing(value))
    .map(([name, value]) => `${encodeFieldName(name)}=${urlEncode(textOf(value))}`)
    .join('&');
}
