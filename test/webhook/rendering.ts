import type { Webhook } from '../../src/domain/webhook';
import { renderWebhook, type RenderContext } from '../../src/webhook/render';
import { startRun } from '../../src/webhook/template-engine';
import { renderTemplate, type Place } from '../../src/webhook/templates';

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
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...fields,
  };
}

/** One template rendered with the data at hand, in `place` or as plain text. */
export function renderText(text: string, data: object = {}, place?: Place): string | undefined {
  const rendered = renderTemplate(text, place ?? 'parameter', 'The template', data, startRun(0));
  return place === undefined ? (rendered ?? '') : rendered;
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
