import type { OAuthMore } from '../../../ui/forms/oauth-more';
import { pairOf } from '../../../ui/forms/pairs';
import type { Secret } from '../../../ui/forms/secret-field';
import type { WebhookInput } from '../words';

type Authentication = NonNullable<WebhookInput['authentication']>;
export type AuthenticationType = Authentication['type'];

/** Under which name each type has its secret. */
export const SECRET_FIELD = {
  none: undefined,
  basic: 'token',
  basicUser: 'password',
  bearer: 'token',
  apiKey: 'key',
  oauth2: 'clientSecret',
  inkit: 'apiToken',
} as const;

export interface AuthenticationDraft extends OAuthMore {
  type: AuthenticationType;
  /** Which type has a secret that is stored. */
  stored: AuthenticationType | undefined;
  secrets: Partial<Record<AuthenticationType, Secret>>;
  username: string;
  header: string;
  clientId: string;
  tokenUrl: string;
}

export function authenticationDraft(authentication: Authentication = { type: 'none' }): AuthenticationDraft {
  const { type, ...own } = authentication as { type: AuthenticationType } & Record<string, unknown>;
  const field = SECRET_FIELD[type];
  const secret = field === undefined ? undefined : (own[field] as Secret);
  const oauth =
    type === 'oauth2' ? (authentication as Extract<Authentication, { type: 'oauth2' }>) : undefined;
  const text = (name: string) => (typeof own[name] === 'string' ? own[name] : '');
  return {
    type,
    stored: typeof secret === 'object' ? type : undefined,
    secrets: secret === undefined ? {} : { [type]: secret },
    username: text('username'),
    header: text('header'),
    clientId: text('clientId'),
    tokenUrl: text('tokenUrl'),
    scope: text('scope'),
    parameters: Object.entries(oauth?.parameters ?? {}).map(([name, value]) => pairOf(name, value)),
    clientAuthentication: oauth?.clientAuthentication ?? 'body',
    refreshOn403: oauth?.refreshOn?.includes(403) ?? false,
  };
}

export function authenticationOf(draft: AuthenticationDraft, type: AuthenticationType): Authentication {
  const field = SECRET_FIELD[type];
  const secret = field === undefined ? {} : { [field]: draft.secrets[type] ?? '' };
  return { type, ...settingsOf(draft, type), ...secret } as Authentication;
}

function settingsOf(draft: AuthenticationDraft, type: AuthenticationType): Record<string, unknown> {
  if (type === 'basicUser') return { username: draft.username };
  if (type === 'apiKey') return { header: draft.header };
  return type === 'oauth2' ? oauthOf(draft) : {};
}

function oauthOf({ clientId, tokenUrl, scope, parameters, ...draft }: AuthenticationDraft) {
  const named = parameters.filter(({ name, value }) => name !== '' || value !== '');
  return {
    ...{ clientId, tokenUrl },
    ...(scope !== '' && { scope }),
    ...(named.length > 0 && {
      parameters: Object.fromEntries(named.map(({ name, value }) => [name, value])),
    }),
    ...(draft.clientAuthentication === 'basic' && { clientAuthentication: 'basic' }),
    ...(draft.refreshOn403 && { refreshOn: [401, 403] }),
  };
}
