import { z } from 'zod';
import { boundedList } from '../bounded-list';
import { writeJson } from '../lossless-json';
import { type StoredAuthentication, WebhookAuthentication } from './authentication';
import { destinationFaults, Inkit, INKIT_ENDPOINT } from './inkit';
import { LiveDataFields, MAX_LIVE_DATA_FIELDS } from './live-data';
import { freeHostFault } from './origin';
import { CustomHeader, METHODS, namesApiKey, Template, Url } from './request-parts';

/**
 * A tile's dynamic parameters (B049): query parameter names and their templates. API keys are not allowed (C11).
 */
export const DynamicParameters = z.record(z.string(), Template).superRefine((parameters, context) => {
  const names = Object.keys(parameters);
  if (names.length > 50) {
    context.addIssue({ code: 'custom', message: 'A tile has at most 50 dynamic parameters.' });
  }
  for (const name of names) {
    const message = parameterFault(name);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  }
});
export type DynamicParameters = z.infer<typeof DynamicParameters>;

function parameterFault(name: string): string | undefined {
  if (name === '' || name.length > 256) return 'A parameter has a name of 1 to 256 characters.';
  if (name.includes('{{')) return 'The name of a parameter cannot contain templates; its value can.';
  if (!namesApiKey(name)) return undefined;
  return 'A URL must not contain an API key. Use the authentication setting or a header of the webhook.';
}

const FormField = z.strictObject({ name: z.string().min(1).max(256), value: Template });
export type FormField = z.infer<typeof FormField>;

const shape = {
  name: z.string().trim().min(1, 'A webhook needs a name.').max(200),
  destination: z.enum(['custom', 'inkit']).default('custom'),
  method: z.enum(METHODS).default('POST'),
  endpoint: Url.default(INKIT_ENDPOINT).describe(
    'Required, except for Inkit, whose endpoint is the default.',
  ),
  inkit: Inkit.optional(),
  headers: boundedList(CustomHeader, 50).default([]),
  bodyType: z.enum(['json', 'form']).default('json'),
  includeEmailAndWorkflowId: z.boolean().default(true),
  userFields: z.array(z.string().min(1).max(256)).max(200).default([]),
  /** JSON: text with Handlebars, or an object, which is stored as text. Form: name-value pairs. */
  body: z
    .union([Template, z.array(FormField).max(200), z.record(z.string(), z.unknown())])
    .transform((body) => (typeof body === 'string' || Array.isArray(body) ? body : writeJson(body)))
    .optional(),
  signing: z
    .strictObject({
      enabled: z.boolean(),
      secret: z.never('Wayhook makes the signing secret and shows it once. Leave it out.').optional(),
    })
    .default({ enabled: false }),
  dataRetrieval: z.boolean().default(false),
  liveDataFields: LiveDataFields.default([]),
};

function checkDestination(webhook: Parameters<typeof destinationFaults>[0], context: z.RefinementCtx): void {
  for (const [field, message] of destinationFaults(webhook)) {
    context.addIssue({ code: 'custom', path: [field], message });
  }
}

function checkHost(
  { endpoint, authentication }: { endpoint: string; authentication: { type: string } },
  context: z.RefinementCtx,
): void {
  const message = freeHostFault(endpoint, authentication);
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['authentication'], message });
}

function checkBody(
  webhook: { method: string; bodyType: string; body?: string | FormField[] },
  context: z.RefinementCtx,
): void {
  const fault = bodyFault(webhook);
  if (fault !== undefined) context.addIssue({ code: 'custom', path: ['body'], message: fault });
}

function checkRetrieval(
  { dataRetrieval, liveDataFields }: { dataRetrieval: boolean; liveDataFields: unknown[] },
  context: z.RefinementCtx,
): void {
  if (dataRetrieval === liveDataFields.length > 0) return;
  const message = dataRetrieval
    ? `Data Retrieval needs 1 to ${MAX_LIVE_DATA_FIELDS} live data fields. Test the webhook to list the fields of its response.`
    : 'Live data fields need Data Retrieval. Set dataRetrieval to true, or leave them out.';
  context.addIssue({ code: 'custom', path: ['liveDataFields'], message });
}

function bodyFault({ method, bodyType, body }: Parameters<typeof checkBody>[0]): string | undefined {
  if (body === undefined || body.length === 0) return undefined;
  if (method === 'GET') return 'A GET has no body. Leave the body out, or choose another method.';
  if (bodyType === 'form' && typeof body === 'string') {
    return 'A form body is a list of {name, value}. For JSON text set bodyType to "json".';
  }
  if (bodyType === 'json' && typeof body !== 'string') {
    return 'A JSON body is text or an object. For a list of {name, value} set bodyType to "form".';
  }
  return undefined;
}

/** A webhook that is tested before its live data fields are chosen (B106, B110), which only a save requires. */
export const WebhookDraft = z
  .strictObject({ ...shape, authentication: WebhookAuthentication.default({ type: 'none' }) })
  .superRefine(checkDestination)
  .superRefine(checkHost)
  .superRefine(checkBody);

/** A saved journey webhook as a caller writes it (docs/webhooks.md; B039 to B084, B104, B110). */
export const WebhookInput = WebhookDraft.superRefine(checkRetrieval);
export type WebhookInput = z.infer<typeof WebhookInput>;

/** A webhook as stored in its row: everything but the secret. */
export type StoredWebhook = Omit<WebhookInput, 'name' | 'authentication'> & {
  authentication: StoredAuthentication;
};

/** A webhook as it is called: the row and its id; the secret is encrypted in its own row. */
export interface Webhook extends StoredWebhook {
  /** Null for an inline webhook. */
  id: number | null;
  name: string;
  secretId: string | null;
}
