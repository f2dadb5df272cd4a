import { z } from 'zod';
import { OAuth, type StoredOAuth } from './oauth';
import { originOf } from './origin';
import { CustomHeader } from './request-parts';
import {
  EncodedSecret,
  HeaderSecret,
  Password,
  type Scheme,
  SchemeToken,
  type Secret,
  SECRET_MARKER,
  visible,
  withoutScheme,
} from './secret';

/** RFC 7617: a receiver takes everything after the first colon for the password. */
const UserName = visible().refine(
  (name) => !name.includes(':'),
  'A user name cannot contain a colon: it ends there, and the rest is read as the password.',
);

export const Authentication = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), token: SchemeToken('basic') }),
  z.strictObject({ type: z.literal('basicUser'), username: UserName, password: Password }),
  z.strictObject({ type: z.literal('bearer'), token: SchemeToken('bearer') }),
  z.strictObject({ type: z.literal('apiKey'), header: CustomHeader.shape.name, key: HeaderSecret }),
  OAuth,
]);
export type Authentication = z.infer<typeof Authentication>;

/** A saved webhook can also have Inkit's API token, which is sent in the body. */
export const WebhookAuthentication = z.discriminatedUnion('type', [
  ...Authentication.options,
  z.strictObject({ type: z.literal('inkit'), apiToken: EncodedSecret }),
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
  | StoredOAuth;

/** The statuses with which an endpoint may refuse an access token that a fresh one can replace; none without OAuth. */
export function refusedTokenStatuses(authentication: StoredAuthentication): number[] {
  return authentication.type === 'oauth2' ? (authentication.refreshOn ?? [401]) : [];
}

/** Splits a caller's authentication into the part stored in the row and the secret, which must be encrypted. */
export function splitSecret(authentication: WebhookAuthentication): {
  stored: StoredAuthentication;
  secret: Secret | undefined;
} {
  const { type } = authentication;
  const field = SECRET_FIELD[type];
  if (field === undefined) return { stored: authentication as StoredAuthentication, secret: undefined };
  const { [field]: secret, ...stored } = authentication as Record<string, unknown>;
  const sent = typeof secret === 'string' && isScheme(type) ? withoutScheme(secret, type) : secret;
  return { stored: stored as StoredAuthentication, secret: sent as Secret };
}

/** Where a secret is sent: with the request, and with OAuth to the token endpoint. */
export interface SecretUse {
  url: string;
  stored: StoredAuthentication;
}

/** Whether a secret goes to the same hosts in both uses. One that was given for other hosts is never sent. */
export function goesToSameHosts(one: SecretUse, other: SecretUse): boolean {
  return originOf(one.url) === originOf(other.url) && tokenHost(one.stored) === tokenHost(other.stored);
}

function tokenHost(stored: StoredAuthentication): string | undefined {
  return stored.type === 'oauth2' ? originOf(stored.tokenUrl) : undefined;
}

/** The scheme that was typed before a token, where Wayhook writes it itself; `splitSecret` takes it off. */
export function typedScheme(authentication: WebhookAuthentication): Scheme | undefined {
  if (!isScheme(authentication.type)) return undefined;
  const { type, token } = authentication as Extract<WebhookAuthentication, { type: Scheme }>;
  return typeof token === 'string' && withoutScheme(token, type) !== token ? type : undefined;
}

function isScheme(type: WebhookAuthentication['type']): type is Scheme {
  return type === 'basic' || type === 'bearer';
}

const Marker = z.object({ set: z.literal(true) });

/** The authentication as a read returns it: a marker shows that a secret is set. */
export const ShownAuthentication = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('basic'), token: Marker }),
  z.object({ type: z.literal('basicUser'), username: z.string(), password: Marker }),
  z.object({ type: z.literal('bearer'), token: Marker }),
  z.object({ type: z.literal('apiKey'), header: z.string(), key: Marker }),
  z.object({
    type: z.literal('oauth2'),
    clientId: z.string(),
    clientSecret: Marker,
    tokenUrl: z.string(),
    scope: z.string().optional(),
    parameters: z.record(z.string(), z.string()).optional(),
    clientAuthentication: z.string().optional(),
    refreshOn: z.array(z.int()).optional(),
  }),
  z.object({ type: z.literal('inkit'), apiToken: Marker }),
]);
export type ShownAuthentication = z.infer<typeof ShownAuthentication>;

export function withMarker(stored: StoredAuthentication): ShownAuthentication {
  const field = SECRET_FIELD[stored.type];
  return (field === undefined ? stored : { ...stored, [field]: SECRET_MARKER }) as ShownAuthentication;
}
