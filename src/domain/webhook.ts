import { z } from 'zod';
import { destinationFaults, Inkit, INKIT_ENDPOINT } from './inkit';
import { LiveDataFields } from './live-data';

/** The text of one template: at most 64 KiB, so that none takes a worker's time to compile. */
export const Template = z.string().max(65_536, 'A template has at most 64 KiB.');

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const API_KEY_PARAMETERS = new Set(['api_key', 'apikey', 'api-key', 'x-api-key']);

/** Whether a query parameter's name says that its value is an API key (C11). */
export function namesApiKey(parameter: string): boolean {
  return API_KEY_PARAMETERS.has(parameter.trim().toLowerCase());
}

/**
 * What is wrong with a URL that is about to be saved, or undefined. Templates may stand in it, but not in
 * its scheme. Credentials never may: not an API key in the query (B051), not `user:pass@`.
 */
export function urlFault(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#\s]/i.test(text)) {
    return 'A URL begins with https:// (or http://) and a host, for example https://api.example.com/users.';
  }
  const plain = text.replace(/\{\{\{?[\s\S]*?\}?\}\}/g, '1');
  if (!URL.canParse(plain)) return 'This is not a URL. Check the host and the port.';
  const url = new URL(plain);
  if (url.username !== '' || url.password !== '') {
    return 'A URL must not carry a user name or password. Use the authentication setting.';
  }
  const parameter = [...url.searchParams.keys()].find(namesApiKey);
  if (parameter !== undefined) {
    return `A URL must not carry an API key (${parameter}). Use the authentication setting or a header.`;
  }
  return undefined;
}

/** A URL that is called: templates may stand after its scheme. */
export const Url = Template.superRefine((text, context) => {
  const fault = urlFault(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** The token URL is called as it stands: a template in it could only ever be a mistake. */
const PlainUrl = Url.refine((text) => !text.includes('{{'), 'A token URL takes no template.');

/** A secret as written by a caller, or the marker that a read gave, which keeps what is stored. */
export const SECRET_MARKER = { set: true } as const;
const Secret = z.union([
  z.string().min(1, 'A secret must not be empty.').max(8_192),
  z.strictObject({ set: z.literal(true) }),
]);
type Secret = z.infer<typeof Secret>;

/** RFC 9110: a header's name is a token. */
const HeaderName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/,
    'A header name has letters, digits and -, and no colon or space.',
  );

/** Set by us or by HTTP itself on every request; a webhook cannot change them. */
const RESERVED_HEADERS = new Set([
  'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect', 'te', 'trailer',
  'proxy-authorization', 'proxy-connection', 'accept-encoding', 'webhook-id', 'webhook-timestamp', 'webhook-signature',
]); // prettier-ignore

export const CustomHeader = z.strictObject({
  name: HeaderName.refine(
    (name) => !RESERVED_HEADERS.has(name.toLowerCase()),
    'This header is set by Wayhook or by HTTP itself. Choose another name.',
  ),
  value: Template,
});
export type CustomHeader = z.infer<typeof CustomHeader>;

export const Authentication = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), token: Secret }),
  z.strictObject({ type: z.literal('basicUser'), username: z.string().max(1_024), password: Secret }),
  z.strictObject({ type: z.literal('bearer'), token: Secret }),
  z.strictObject({ type: z.literal('apiKey'), header: CustomHeader.shape.name, key: Secret }),
  z.strictObject({
    type: z.literal('oauth2'),
    clientId: z.string().min(1).max(1_024),
    clientSecret: Secret,
    tokenUrl: PlainUrl,
  }),
]);
export type Authentication = z.infer<typeof Authentication>;

/** A saved webhook may also carry Inkit's API token, which travels in the body. */
export const WebhookAuthentication = z.discriminatedUnion('type', [
  ...Authentication.options,
  z.strictObject({ type: z.literal('inkit'), apiToken: Secret }),
]);
export type WebhookAuthentication = z.infer<typeof WebhookAuthentication>;

/** Which field of each kind of authentication is secret; there is one at most. */
const SECRET_FIELD = {
  none: undefined,
  basic: 'token',
  basicUser: 'password',
  bearer: 'token',
  apiKey: 'key',
  oauth2: 'clientSecret',
  inkit: 'apiToken',
} as const;

/** The authentication without its secret: what lies in the webhook's row. */
export type StoredAuthentication =
  | { type: 'none' | 'basic' | 'bearer' | 'inkit' }
  | { type: 'basicUser'; username: string }
  | { type: 'apiKey'; header: string }
  | { type: 'oauth2'; clientId: string; tokenUrl: string };

/** Splits what a caller sent into what may lie in the row and what must be sealed. */
export function splitSecret(authentication: WebhookAuthentication): {
  stored: StoredAuthentication;
  secret: Secret | undefined;
} {
  const field = SECRET_FIELD[authentication.type];
  if (field === undefined) return { stored: authentication as StoredAuthentication, secret: undefined };
  const { [field]: secret, ...stored } = authentication as Record<string, unknown>;
  return { stored: stored as StoredAuthentication, secret: secret as Secret };
}

/** What a read answers: the secret is there, but not its value. */
export function withMarker(stored: StoredAuthentication): WebhookAuthentication {
  const field = SECRET_FIELD[stored.type];
  return (field === undefined ? stored : { ...stored, [field]: SECRET_MARKER }) as WebhookAuthentication;
}

/**
 * A tile's dynamic parameters (B049): names of query parameters and their templates. None may be an API key (C11).
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
  if (name.includes('{{')) return 'The name of a parameter takes no template; its value does.';
  if (!namesApiKey(name)) return undefined;
  return 'A URL must not carry an API key. Use the authentication setting or a header of the webhook.';
}

const FormField = z.strictObject({ name: z.string().min(1).max(256), value: Template });
export type FormField = z.infer<typeof FormField>;

const shape = {
  name: z.string().trim().min(1, 'A webhook needs a name.').max(200),
  destination: z.enum(['custom', 'inkit']).default('custom'),
  method: z.enum(METHODS).default('POST'),
  endpoint: Url.default(INKIT_ENDPOINT).describe('Needed, but for Inkit, whose own is the default.'),
  inkit: Inkit.optional(),
  headers: z.array(CustomHeader).max(50).default([]),
  bodyType: z.enum(['json', 'form']).default('json'),
  includeEmailAndWorkflowId: z.boolean().default(true),
  userFields: z.array(z.string().min(1).max(256)).max(200).default([]),
  /** JSON: text with Handlebars in it, or an object, which is kept as its text. Form: name-value pairs. */
  body: z
    .union([Template, z.array(FormField).max(200), z.record(z.string(), z.unknown())])
    .transform((body) => (typeof body === 'string' || Array.isArray(body) ? body : JSON.stringify(body)))
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
    ? 'Data Retrieval needs 1 to 10 live data fields. A test of the webhook lists those of the response.'
    : 'Live data fields need Data Retrieval. Set dataRetrieval to true, or leave them out.';
  context.addIssue({ code: 'custom', path: ['liveDataFields'], message });
}

function bodyFault({ method, bodyType, body }: Parameters<typeof checkBody>[0]): string | undefined {
  if (body === undefined || body.length === 0) return undefined;
  if (method === 'GET') return 'A GET carries no body. Leave the body out, or choose another method.';
  if (bodyType === 'form' && typeof body === 'string') {
    return 'A form body is a list of {name, value}. For JSON text set bodyType to "json".';
  }
  if (bodyType === 'json' && typeof body !== 'string') {
    return 'A JSON body is text or an object. For a list of {name, value} set bodyType to "form".';
  }
  return undefined;
}

/** A webhook that is tried before its fields are chosen (B106, B110); what a save asks for may still be missing. */
export const WebhookDraft = z
  .strictObject({ ...shape, authentication: WebhookAuthentication.default({ type: 'none' }) })
  .superRefine(checkDestination)
  .superRefine(checkBody);

/** A saved journey webhook as a caller writes it (api.md, Journey webhooks; B039 to B084, B104, B110). */
export const WebhookInput = WebhookDraft.superRefine(checkRetrieval);
export type WebhookInput = z.infer<typeof WebhookInput>;

/** A webhook as it lies in its row: everything but the secret. */
export type StoredWebhook = Omit<WebhookInput, 'name' | 'authentication'> & {
  authentication: StoredAuthentication;
};

/** A webhook as it is called: the row and its id, the secret still sealed elsewhere. */
export interface Webhook extends StoredWebhook {
  /** Null for one that stands in a tile. */
  id: number | null;
  name: string;
  secretId: string | null;
}
