import { z } from 'zod';
import { CustomHeader, Url } from './request-parts';

/** The token URL is called as written, so a template in it can only be a mistake. */
const PlainUrl = Url.refine((text) => !text.includes('{{'), 'A token URL cannot contain templates.');

/** What a read returns in place of a secret; written back, it leaves the stored secret unchanged. */
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

/** A saved webhook can also have Inkit's API token, which is sent in the body. */
export const WebhookAuthentication = z.discriminatedUnion('type', [
  ...Authentication.options,
  z.strictObject({ type: z.literal('inkit'), apiToken: Secret }),
]);
export type WebhookAuthentication = z.infer<typeof WebhookAuthentication>;

/** The secret field of each type of authentication; there is at most one. */
const SECRET_FIELD = {
  none: undefined,
  basic: 'token',
  basicUser: 'password',
  bearer: 'token',
  apiKey: 'key',
  oauth2: 'clientSecret',
  inkit: 'apiToken',
} as const;

/** The authentication without its secret, as stored in the webhook's row. */
export type StoredAuthentication =
  | { type: 'none' | 'basic' | 'bearer' | 'inkit' }
  | { type: 'basicUser'; username: string }
  | { type: 'apiKey'; header: string }
  | { type: 'oauth2'; clientId: string; tokenUrl: string };

/** Splits a caller's authentication into the part stored in the row and the secret, which must be encrypted. */
export function splitSecret(authentication: WebhookAuthentication): {
  stored: StoredAuthentication;
  secret: Secret | undefined;
} {
  const field = SECRET_FIELD[authentication.type];
  if (field === undefined) return { stored: authentication as StoredAuthentication, secret: undefined };
  const { [field]: secret, ...stored } = authentication as Record<string, unknown>;
  return { stored: stored as StoredAuthentication, secret: secret as Secret };
}

/** The authentication as a read returns it: a marker shows that a secret is set. */
export function withMarker(stored: StoredAuthentication): WebhookAuthentication {
  const field = SECRET_FIELD[stored.type];
  return (field === undefined ? stored : { ...stored, [field]: SECRET_MARKER }) as WebhookAuthentication;
}
