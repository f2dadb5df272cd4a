import { type Pair, pairOf } from '../../../ui/forms/pairs';
import {
  type AuthenticationDraft,
  authenticationDraft,
  authenticationOf,
  SECRET_FIELD,
} from './authentication-draft';
import type { LiveDataField, Method, SavedWebhook, WebhookInput } from '../words';
import { INKIT_PRESET, type InkitField } from './inkit-preset';

/** What stands in the form. What another choice hides stays here, so that choosing back loses nothing. */
export interface Draft {
  name: string;
  destination: 'custom' | 'inkit';
  method: Method;
  endpoint: string;
  authentication: AuthenticationDraft;
  inkit: { templateId: string; fields: Partial<Record<InkitField, string>> };
  headers: Pair[];
  bodyType: 'json' | 'form';
  json: string;
  form: Pair[];
  includeEmailAndWorkflowId: boolean;
  userFields: string[];
  signing: boolean;
  dataRetrieval: boolean;
  liveDataFields: LiveDataField[];
}

export const INKIT_ENDPOINT = 'https://internal.inkit.io/integrations/webhook';

/** A webhook that nobody has filled in yet. */
export const BLANK: WebhookInput = { name: '', endpoint: '' };

export function draftOf(webhook: WebhookInput): Draft {
  const { body, destination = 'custom', endpoint = INKIT_ENDPOINT, inkit } = webhook;
  return {
    name: webhook.name,
    destination,
    method: webhook.method ?? 'POST',
    endpoint,
    authentication: authenticationDraft(webhook.authentication),
    inkit: { templateId: inkit?.templateId ?? '', fields: inkit?.fields ?? INKIT_PRESET },
    headers: pairsOf(webhook.headers),
    bodyType: webhook.bodyType ?? 'json',
    json: typeof body === 'string' ? body : '',
    form: Array.isArray(body) ? pairsOf(body) : [],
    includeEmailAndWorkflowId: webhook.includeEmailAndWorkflowId ?? true,
    userFields: webhook.userFields ?? [],
    signing: webhook.signing?.enabled ?? false,
    dataRetrieval: webhook.dataRetrieval ?? false,
    liveDataFields: webhook.liveDataFields ?? [],
  };
}

function pairsOf(list: { name: string; value: string }[] = []): Pair[] {
  return list.map(({ name, value }) => pairOf(name, value));
}

/** What a read answers, without what only the server sets. */
export function inputOf(webhook: SavedWebhook): WebhookInput {
  return bodyOf(draftOf(webhook as unknown as WebhookInput));
}

/** The webhook that the form makes. Inkit decides on most of a request itself. */
export function bodyOf(draft: Draft): WebhookInput {
  const { name, destination, endpoint, headers, includeEmailAndWorkflowId, userFields } = draft;
  const { dataRetrieval } = draft;
  return {
    ...{ name, destination, endpoint, includeEmailAndWorkflowId, userFields, dataRetrieval },
    ...(destination === 'inkit' ? inkitOf(draft) : requestOf(draft)),
    headers: headers.map(({ name: header, value }) => ({ name: header, value })),
    signing: { enabled: draft.signing },
    liveDataFields: dataRetrieval ? draft.liveDataFields : [],
  };
}

function inkitOf({ inkit, authentication }: Draft) {
  const filled = Object.entries(inkit.fields).filter(([, text]) => text !== '');
  return {
    method: 'POST' as const,
    bodyType: 'json' as const,
    authentication: authenticationOf(authentication, 'inkit'),
    inkit: { templateId: inkit.templateId, fields: Object.fromEntries(filled) },
  };
}

function requestOf({ method, bodyType, json, form, authentication }: Draft) {
  const fields = form.map(({ name, value }) => ({ name, value }));
  const body = bodyType === 'form' ? fields : json;
  return {
    ...{ method, bodyType },
    authentication: authenticationOf(authentication, authentication.type),
    ...(method !== 'GET' && body.length > 0 && { body }),
  };
}

/** What decides on the request that is sent: a change of it needs another test (B109). */
export function requestKey(webhook: WebhookInput): string {
  const { name: _name, signing: _signing, liveDataFields: _fields, ...request } = webhook;
  return JSON.stringify(request);
}

/** The webhook as far as it can be shown, while a name and the authentication are still to be typed. */
export function shownOf(webhook: WebhookInput): WebhookInput {
  return {
    ...webhook,
    name: webhook.name.trim() === '' ? 'Webhook' : webhook.name,
    authentication: shownAuthentication(webhook.authentication),
    dataRetrieval: false,
    liveDataFields: [],
  };
}

/** No request shows a secret: one that is still to be typed is taken for one that is stored. */
function shownAuthentication(authentication: WebhookInput['authentication']): WebhookInput['authentication'] {
  if (authentication === undefined) return undefined;
  const secret = SECRET_FIELD[authentication.type];
  const { type, ...settings } = {
    ...authentication,
    ...(secret !== undefined && { [secret]: { set: true } }),
  };
  const isWhole = type === 'basicUser' || Object.values(settings).every((value) => value !== '');
  return isWhole ? ({ type, ...settings } as typeof authentication) : { type: 'none' };
}
