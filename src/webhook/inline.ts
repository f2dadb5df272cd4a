import { isJsonContainer, writeJson } from '../domain/lossless-json';
import { type InlineWebhook, PLACEHOLDER } from '../domain/webhooks/inline-webhook';
import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { tagsIn } from '../domain/webhooks/tags';
import type { StoredWebhook } from '../domain/webhooks/webhook';
import type { Payload } from './payload';
import { profileOf, type RenderContext } from '../template/scope';

/** What the body of an inline webhook is built from, in addition to the data that every template reads. */
export interface InlineContext extends RenderContext {
  /** Wayhook's own id of the user, which no update changes (B139, B148). */
  profileId: string;
  journeyName: string;
}

/** The settings that an inline webhook lacks: default payload, signature, live data. */
export const BARE_WEBHOOK = {
  destination: 'custom',
  authentication: { type: 'none' },
  headers: [],
  bodyType: 'json',
  includeEmailAndWorkflowId: false,
  userFields: [],
  signing: { enabled: false },
  dataRetrieval: false,
  liveDataFields: [],
} satisfies Partial<StoredWebhook>;

/** Converts an inline webhook to one that can be rendered and called: its payload becomes the custom body. */
export function webhookOfInline(
  { method, url, headers, eventTitle, payload }: InlineWebhook,
  authentication: StoredAuthentication,
): StoredWebhook {
  return {
    ...BARE_WEBHOOK,
    method,
    endpoint: url.replace(PLACEHOLDER, '{{pathSegment $1}}'),
    authentication,
    headers,
    body: jsonTemplate({ ...(eventTitle !== undefined && { eventTitle: `${eventTitle}` }), ...payload }),
  };
}

/** The default body that the payload is merged over (B138, B139): the event, its time and the user. */
export function inlinePayload(inline: InlineWebhook, context: InlineContext): Payload {
  const { triggerData, journeyName, profileId, now } = context;
  const { eventName } = triggerData;
  const profile: Payload = { ...profileOf(context), profileId };
  const fields = inline.profileFields.filter((name) => Object.hasOwn(profile, name));
  const { consent } = inline;
  return {
    eventTitle: typeof eventName === 'string' ? eventName : journeyName,
    timestamp: `${new Date(now).toISOString().slice(0, 19)}Z`,
    profile: Object.fromEntries(fields.map((name) => [name, profile[name]])),
    ...(inline.includeTrigger && { trigger: triggerData }),
    ...(consent?.action && { consent: { category: consent.category, action: consent.action } }),
  };
}

/** Exactly one tag that is neither part of a block nor a comment. What `toJson` gives in quotes is text. */
const ONE_TAG = /^\{\{(?!\{?~?\s*toJson\s)\{?(?![#/^!>])(?:(?!\}\})[\s\S])*\}?\}\}$/;

/**
 * JSON whose strings are templates, as the text of one template. A string that is exactly one tag is written without
 * quotes, so that the value keeps its type and is left out when it resolves to nothing (G2, G8).
 */
export function jsonTemplate(value: unknown): string {
  if (typeof value === 'string') return stringTemplate(value);
  if (Array.isArray(value)) return `[${value.map(jsonTemplate).join(',')}]`;
  if (!isJsonContainer(value)) return writeJson(value);
  const members = Object.entries(value).map(([name, inner]) => `${literal(name)}:${jsonTemplate(inner)}`);
  return `{${members.join(',')}}`;
}

function stringTemplate(text: string): string {
  if (ONE_TAG.test(text)) return text;
  let template = '';
  let at = 0;
  for (const { start, end } of tagsIn(text)) {
    template += escaped(text.slice(at, start)) + text.slice(start, end);
    at = end;
  }
  return `"${template}${escaped(text.slice(at))}"`;
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A name is not a template: its braces are escaped so that no tag can start in it. */
function literal(name: string): string {
  return JSON.stringify(name).replaceAll('{', '\\u007b');
}
