import type { RenderedRequest } from '../domain/webhooks/delivery';
import { isHostName, originOf } from '../domain/webhooks/origin';
import type { CustomHeader } from '../domain/webhooks/request-parts';
import type { DynamicParameters, FormField, StoredWebhook } from '../domain/webhooks/webhook';
import type { FieldPath } from '../template/faults';
import { inkitBody } from './inkit';
import { parseJsonBody } from '../template/json-body';
import { defaultPayload, formBody, jsonBody, type Payload } from './payload';
import { withParameter } from './query';
import { scopeOf, type RenderContext } from '../template/scope';
import { startRun } from '../template/run';
import { HEADER_VALUE } from '../template/escape-context';
import {
  RenderFault,
  TemplateFault,
  checkTemplate,
  noLoad,
  renderTemplate,
  type Load,
  type TemplateKind,
} from '../template/template';

export type { RenderContext };

type Render = (text: string, kind: TemplateKind, label: string) => string | undefined;

/**
 * Renders a webhook for one user: the endpoint (B046) with the tile's dynamic parameters (B049, B050), the custom
 * headers with names in lower case (B072, B073) and the payload (B089, B090). Authentication, signature and HTTP's own
 * headers are added at each attempt. The custom body is merged over `payload`. Throws a RenderFault that names the
 * field at fault but contains no user data; nothing is sent then (B149).
 */
export function renderWebhook(
  webhook: RenderedParts,
  context: RenderContext,
  parameters: DynamicParameters = {},
  payload: Payload = defaultPayload(webhook, context),
): RenderedRequest {
  const scope = scopeOf(context);
  const run = startRun(context);
  const render: Render = (text, kind, label) => renderTemplate(text, kind, label, scope, run);
  const endpoint = locate(['endpoint'], () => renderEndpoint(webhook.endpoint, render));
  const url = renderParameters(endpoint, parameters, render);
  const headers = renderHeaders(webhook.headers, render);
  // A GET has no body (G4).
  if (webhook.method === 'GET') return { method: 'GET', url, headers };
  return {
    method: webhook.method,
    url,
    headers: { 'content-type': CONTENT_TYPES[webhook.bodyType], ...headers },
    body: locate(['body'], () => renderBody(webhook, payload, render)),
  };
}

/** The parts of a webhook that are rendered. */
type RenderedParts = Pick<
  StoredWebhook,
  | 'method'
  | 'endpoint'
  | 'headers'
  | 'bodyType'
  | 'body'
  | 'includeEmailAndWorkflowId'
  | 'userFields'
  | 'inkit'
>;

/** Adds the field's path to a RenderFault that has none yet, so the innermost field applies. */
function locate<T>(path: FieldPath, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RenderFault) error.path ??= path;
    throw error;
  }
}

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

/** The URL as it is sent: normalised, without a fragment. Data can never change a host that was saved without a tag. */
function renderEndpoint(endpoint: string, render: Render): string {
  const text = render(endpoint, 'url', 'The endpoint') ?? '';
  if (!URL.canParse(text)) throw invalidUrl('is not a URL once it is rendered');
  const url = new URL(text);
  if (!isHostName(url.hostname)) throw invalidUrl('has a host name with a character that none has');
  const origin = originOf(endpoint);
  const elsewhere = origin !== undefined && origin !== url.origin;
  if (elsewhere || !/^https?:$/.test(url.protocol))
    throw invalidUrl('leads to another host once it is rendered');
  if (url.username !== '' || url.password !== '') throw invalidUrl('contains a user name or password');
  url.hash = '';
  return url.href;
}

function invalidUrl(what: string): RenderFault {
  return new RenderFault(
    'invalid_url',
    `The endpoint ${what}. Wrap the values in it in {{#urlEncode}}…{{/urlEncode}}.`,
  );
}

/** A parameter that is exactly one tag and resolves to nothing is not added (G2). */
function renderParameters(url: string, parameters: DynamicParameters, render: Render): string {
  return Object.entries(parameters).reduce((rendered, [name, template]) => {
    const value = locate(['parameters', name], () => render(template, 'parameter', `The parameter ${name}`));
    return value === undefined ? rendered : withParameter(rendered, name, value);
  }, url);
}

/** If two headers have the same name, the later one is sent. */
function renderHeaders(headers: CustomHeader[], render: Render): Record<string, string> {
  const rendered = headers.map(({ name, value }, index) => {
    const text = locate(['headers', index, 'value'], () => renderHeader(name, value, render));
    return [name.toLowerCase(), text] as const;
  });
  return Object.fromEntries(rendered);
}

function renderHeader(name: string, value: string, render: Render): string {
  const label = `The header ${name}`;
  const text = render(value, 'header', label) ?? '';
  if (HEADER_VALUE.test(text)) return text;
  throw new RenderFault(
    'render',
    `${label} has a character that is not allowed in a header: a line break, a control character or one outside Latin-1. Wrap its value in {{#urlEncode}}…{{/urlEncode}}.`,
  );
}

function renderBody(webhook: RenderedParts, payload: Payload, render: Render): string {
  if (webhook.inkit) {
    return inkitBody(webhook.inkit, payload, (name, template) =>
      locate(['inkit', 'fields', name], () => render(template, 'form', `The Inkit property ${name}`)),
    );
  }
  if (webhook.bodyType === 'form') return formBody(payload, renderFields(formFields(webhook), render));
  const text = jsonText(webhook);
  const custom = text === undefined ? {} : parseJsonBody(render(text, 'json', 'The JSON body') ?? '');
  return jsonBody(payload, custom);
}

function formFields({ body }: Pick<StoredWebhook, 'body'>): FormField[] {
  return Array.isArray(body) ? body : [];
}

/** Blank text counts as no custom body. */
/** Some editors begin a file with a byte order mark, which nobody sees. */
function jsonText({ body }: Pick<StoredWebhook, 'body'>): string | undefined {
  return typeof body === 'string' && body.trim() !== '' ? body.replace(/^\uFEFF/, '') : undefined;
}

/** A field that is exactly one tag and resolves to nothing is left out (G2). */
function renderFields(fields: FormField[], render: Render): FormField[] {
  return fields.flatMap(({ name, value }, index) => {
    const text = locate(['body', index, 'value'], () => render(value, 'form', `The form field ${name}`));
    return text === undefined ? [] : [{ name, value: text }];
  });
}

/** A fault in a webhook that is about to be saved, with the path of its field: `['headers', 0, 'value']`. */
export interface FieldFault {
  path: FieldPath;
  message: string;
}

/** Every template of a webhook that can never render. */
export function checkWebhook(
  webhook: Pick<StoredWebhook, 'endpoint' | 'headers' | 'bodyType' | 'body' | 'inkit'>,
): FieldFault[] {
  const { endpoint, headers } = webhook;
  const text = jsonText(webhook);
  const load = noLoad();
  return [
    ...check(load, endpoint, 'url', ['endpoint']),
    ...headers.flatMap(({ value }, index) => check(load, value, 'header', ['headers', index, 'value'])),
    ...(text === undefined ? [] : check(load, text, 'json', ['body'])),
    ...formFields(webhook).flatMap(({ value }, index) =>
      check(load, value, 'form', ['body', index, 'value']),
    ),
    ...Object.entries(webhook.inkit?.fields ?? {}).flatMap(([name, value]) =>
      check(load, value ?? '', 'form', ['inkit', 'fields', name]),
    ),
  ];
}

/** Every template of a tile's dynamic parameters that can never render, by the parameter's name. */
export function checkParameters(parameters: DynamicParameters): FieldFault[] {
  const load = noLoad();
  return Object.entries(parameters).flatMap(([name, value]) => check(load, value, 'parameter', [name]));
}

function check(load: Load, text: string, kind: TemplateKind, path: FieldPath): FieldFault[] {
  try {
    checkTemplate(text, kind, load);
    return [];
  } catch (error) {
    if (error instanceof TemplateFault) return [{ path, message: error.message }];
    throw error;
  }
}
