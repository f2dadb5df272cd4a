import { z } from 'zod';
import { Authentication } from './authentication';
import { CustomHeader, Template, Url } from './request-parts';

/** A field of the user's or the event's data in single braces, as in `/accounts/{accountId}` (B143). */
export const PLACEHOLDER = /(?<!\{)\{([^{}]*)\}(?!\})/g;
const FIELD = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;

/** Scheme and host of a URL as it is written. */
const ORIGIN = /^[^/]*\/\/[^/?#\\]*/;

function placeholderFault(url: string): string | undefined {
  const [origin = ''] = ORIGIN.exec(url) ?? [];
  if (origin.replace(PLACEHOLDER, '') !== origin) {
    return 'A placeholder stands in the path or the query, never in the host.';
  }
  const unfit = [...url.matchAll(PLACEHOLDER)].map(([, name]) => name!).find((name) => !FIELD.test(name));
  if (unfit === undefined) return undefined;
  return `“{${unfit.slice(0, 80)}}” names no field. A placeholder is a field in braces, such as {accountId} or {profile.plan}.`;
}

const InlineUrl = Url.superRefine((url, context) => {
  const message = placeholderFault(url);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** A consent category, as a user accepts or declines it. */
export const ConsentCategory = z
  .string()
  .regex(/^[A-Za-z0-9][\w .:-]{0,63}$/, 'A category has 1 to 64 letters, digits, spaces or _ . : -');
export const ConsentAction = z.enum(['accept', 'decline']);
export type ConsentAction = z.infer<typeof ConsentAction>;

const Consent = z.strictObject({
  category: ConsentCategory,
  /** A user who declined the category is not sent (B148); the call that tells of the decline turns this off. */
  check: z.boolean().default(true),
  /** Sent in the body as `consent {category, action}` (B142). */
  action: ConsentAction.nullable().default(null),
});

/**
 * A webhook that stands in its tile: never listed, never shared (B071, B133; api.md, Journeys). Strings of
 * `payload` are Handlebars; it wins over the rest of the body (B144).
 */
export const InlineWebhook = z.strictObject({
  method: z.enum(['POST', 'PUT', 'DELETE']).default('POST'),
  url: InlineUrl,
  /** Left out: the trigger's `eventName`, or else the journey's name. */
  eventTitle: Template.optional(),
  profileFields: z.array(z.string().min(1).max(256)).max(200).default(['profileId', 'email']),
  /** Adds the trigger data as `trigger`. */
  includeTrigger: z.boolean().default(false),
  authentication: Authentication.default({ type: 'none' }),
  payload: z.record(z.string(), z.unknown()).default({}),
  headers: z.array(CustomHeader).max(50).default([]),
  consent: Consent.optional(),
});
export type InlineWebhook = z.infer<typeof InlineWebhook>;
