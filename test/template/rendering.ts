import type { Webhook } from '../../src/domain/webhooks/webhook';
import { renderWebhook, type RenderContext } from '../../src/webhook/render';
import { startRun } from '../../src/template/run';
import { RenderFault, renderTemplate, type TemplateKind } from '../../src/template/template';

/** Friday, 2 January 2026, 03:04:05 UTC. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const HMAC_KEY = 'a key of the tests';

/** A webhook that sends nothing but its custom body, unless told otherwise. */
export function aWebhook(fields: Partial<Webhook> = {}): Webhook {
  return {
    id: 1,
    name: 'CRM sync',
    secretId: null,
    destination: 'custom',
    method: 'POST',
    endpoint: 'https://api.example.com/hook',
    authentication: { type: 'none' },
    headers: [],
    bodyType: 'json',
    includeEmailAndWorkflowId: false,
    userFields: [],
    signing: { enabled: false },
    dataRetrieval: false,
    liveDataFields: [],
    ...fields,
  };
}

export function aContext(fields: Partial<RenderContext> = {}): RenderContext {
  return {
    profile: {},
    triggerData: {},
    email: 'test.user@example.com',
    userId: null,
    workflowId: 12345,
    now: NOW,
    hmacKey: HMAC_KEY,
    ...fields,
  };
}

/** One template rendered with the data at hand, as `kind` or as plain text. */
export function renderText(text: string, data: object = {}, kind?: TemplateKind): string | undefined {
  const run = startRun({ now: NOW, hmacKey: HMAC_KEY });
  const rendered = renderTemplate(text, kind ?? 'parameter', 'The template', data, run);
  return kind === undefined ? (rendered ?? '') : rendered;
}

/** What the custom JSON body becomes, the profile being the data. */
export function renderJson(body: string, profile: Record<string, unknown> = {}): unknown {
  return JSON.parse(renderWebhook(aWebhook({ body }), aContext({ profile })).body ?? '');
}

/** What an operation threw; fails when it throws nothing. */
export function thrownBy(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

/** Checks and renders a template of the corpus that was never compiled before; that it cannot be rendered is an answer. */
export function renderBomb(template: string, data: object, kind: TemplateKind): void {
  try {
    if (kind === 'json') {
      renderWebhook(aWebhook({ body: template }), aContext({ profile: data as Record<string, unknown> }));
    } else renderText(template, data, kind);
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
  }
}
