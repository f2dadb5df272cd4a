import { z } from 'zod';
import { boundedList } from '../bounded-list';
import { Authentication } from './authentication';
import { freeHostFault } from './origin';
import { CustomHeader, Template, Url } from './request-parts';

/** A field of the user's or event's data in single braces, as in `/accounts/{accountId}` (B143). */
export const PLACEHOLDER = /(?<!\{)\{([^{}]*)\}(?!\})/g;
const FIELD = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;

/** The scheme and host of a URL as written. */
const ORIGIN = /^[^/]*\/\/[^/?#\\]*/;

function placeholderFault(url: string): string | undefined {
  const [origin = ''] = ORIGIN.exec(url) ?? [];
  if (origin.replace(PLACEHOLDER, '') !== origin) {
    return 'A placeholder is allowed in the path and the query, but not in the host.';
  }
  const unfit = [...url.matchAll(PLACEHOLDER)].map(([, name]) => name!).find((name) => !FIELD.test(name));
  if (unfit === undefined) return undefined;
  return `“{${unfit.slice(0, 80)}}” is not a field. A placeholder is a field in braces, such as {accountId} or {profile.plan}.`;
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
  /** Nothing is sent for a user who declined the category (B148); a webhook that reports the decline turns this off. */
  check: z.boolean().default(true),
  /** Sent in the body as `consent {category, action}` (B142). */
  action: ConsentAction.nullable().default(null),
});

/**
 * A webhook that is part of its tile: never listed, never shared (B071, B133; docs/inline-webhooks.md). Strings of
 * `payload` are Handlebars; it overrides the rest of the body (B144).
 */
export const InlineWebhook = z
  .strictObject({
    method: z.enum(['POST', 'PUT', 'DELETE']).default('POST'),
    url: InlineUrl,
    /** Defaults to the trigger's `eventName`, or else to the journey's name. */
    eventTitle: Template.optional(),
    profileFields: z.array(z.string().min(1).max(256)).max(200).default(['profileId', 'email']),
    /** Adds the trigger data as `trigger`. */
    includeTrigger: z.boolean().default(false),
    authentication: Authentication.default({ type: 'none' }),
    payload: z.record(z.string(), z.unknown()).default({}),
    headers: boundedList(CustomHeader, 50).default([]),
    consent: Consent.optional(),
  })
  .superRefine(({ url, authentication }, context) => {
    const message = freeHostFault(url, authentication);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['authentication'], message });
  });
export type InlineWebhook = z.infer<typeof InlineWebhook>;
