import { z } from 'zod';
import { CustomHeader, Url } from './request-parts';

/** The token URL is called as it stands: a template in it could only ever be a mistake. */
const PlainUrl = Url.refine((text) => !text.includes('{{'), 'A token URL takes no template.');

/** A secret as written by a caller, or the marker that a read gave, which keeps what is stored. */
export const SECRET_MARKER = { set: true } as const;
const Secret = z.union([
  z.string().min(1, 'A secret must not be empty.').max(8_192),
  z.strictObject({ set: z.literal(true) }),
]);
type Secret = z.infer<typeof Secret>;

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
