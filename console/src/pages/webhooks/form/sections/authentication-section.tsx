import { CheckField, SelectField, TextField } from '../../../../ui/forms/fields';
import { Pairs } from '../../../../ui/forms/pairs';
import { SecretField } from '../../../../ui/forms/secret-field';
import type { AuthenticationDraft, AuthenticationType } from '../authentication-draft';
import type { SectionProps } from './section';

const TYPES = [
  { value: 'none', text: 'None', hint: 'Or a scheme of your own, as a custom header.' },
  { value: 'basic', text: 'Basic', hint: 'A token, sent as you type it.' },
  { value: 'basicUser', text: 'Basic: user name and password', hint: 'Encoded for you.' },
  { value: 'bearer', text: 'Bearer token', hint: 'Authorization: Bearer …' },
  { value: 'apiKey', text: 'API key', hint: 'In a header that you name.' },
  { value: 'oauth2', text: 'OAuth 2.0', hint: 'Client credentials: Wayhook fetches the tokens.' },
] as const;

const CLIENT = [
  { value: 'body', text: 'In the body' },
  { value: 'basic', text: 'In a Basic header' },
] as const;

/** How a request proves whose it is. */
export function AuthenticationSection({ draft, change, faultOf }: SectionProps) {
  const { authentication } = draft;
  const set = (part: Partial<AuthenticationDraft>) =>
    change({ authentication: { ...authentication, ...part } });
  const isInkit = draft.destination === 'inkit';
  const type = isInkit ? 'inkit' : authentication.type;
  const parts = { authentication, set, faultOf };
  return (
    <section className="card form-section" aria-labelledby="section-authentication">
      <h2 id="section-authentication">Authentication</h2>
      {!isInkit && (
        <SelectField
          label="Type"
          value={authentication.type === 'inkit' ? 'none' : authentication.type}
          choices={TYPES}
          onChange={(chosen) => set({ type: chosen })}
          error={faultOf('authentication')}
        />
      )}
      {type === 'inkit' && <TokenField {...parts} type="inkit" label="API token" path="apiToken" />}
      {type === 'basic' && (
        <TokenField
          {...parts}
          type="basic"
          label="Authentication Token"
          path="token"
          hint="It is not encoded for you: the header is “Authorization: Basic” and what you type."
        />
      )}
      {type === 'bearer' && <TokenField {...parts} type="bearer" label="Token" path="token" />}
      {type === 'basicUser' && (
        <div className="two">
          <TextField
            label="User name"
            value={authentication.username}
            onChange={(username) => set({ username })}
            error={faultOf('authentication.username')}
          />
          <TokenField {...parts} type="basicUser" label="Password" path="password" />
        </div>
      )}
      {type === 'apiKey' && (
        <div className="two">
          <TextField
            label="Header"
            mono
            placeholder="X-Api-Key"
            value={authentication.header}
            onChange={(header) => set({ header })}
            error={faultOf('authentication.header')}
          />
          <TokenField {...parts} type="apiKey" label="Key" path="key" />
        </div>
      )}
      {type === 'oauth2' && <OAuth {...parts} />}
    </section>
  );
}

interface PartProps {
  authentication: AuthenticationDraft;
  set: (part: Partial<AuthenticationDraft>) => void;
  faultOf: (path: string) => string | undefined;
}

interface TokenFieldProps extends PartProps {
  type: AuthenticationType;
  label: string;
  /** Its name in the API. */
  path: string;
  hint?: string;
}

function TokenField({ type, label, path, hint, authentication, set, faultOf }: TokenFieldProps) {
  const { secrets, stored } = authentication;
  // A stored secret that may not go to this host is a fault of the whole authentication.
  const error =
    faultOf(`authentication.${path}`) ?? (type === 'inkit' ? faultOf('authentication') : undefined);
  return (
    <SecretField
      label={label}
      hint={hint}
      value={secrets[type] ?? ''}
      isStored={stored === type}
      onChange={(secret) => set({ secrets: { ...secrets, [type]: secret } })}
      error={error}
    />
  );
}

function OAuth(props: PartProps) {
  const { authentication: draft, set, faultOf } = props;
  const isMore =
    draft.scope !== '' ||
    draft.parameters.length > 0 ||
    draft.clientAuthentication === 'basic' ||
    draft.refreshOn403;
  return (
    <>
      <div className="two">
        <TextField
          label="Client ID"
          value={draft.clientId}
          onChange={(clientId) => set({ clientId })}
          error={faultOf('authentication.clientId')}
        />
        <TokenField {...props} type="oauth2" label="Client secret" path="clientSecret" />
      </div>
      <TextField
        label="Token URL"
        mono
        placeholder="https://login.example.com/oauth/token"
        value={draft.tokenUrl}
        onChange={(tokenUrl) => set({ tokenUrl })}
        error={faultOf('authentication.tokenUrl')}
      />
      <details className="more" open={isMore || undefined}>
        <summary>Scope, parameters and more</summary>
        <div className="stack">
          <div className="two">
            <TextField
              label="Scope"
              mono
              hint="One or several words, with a space between them."
              value={draft.scope}
              onChange={(scope) => set({ scope })}
              error={faultOf('authentication.scope')}
            />
            <SelectField
              label="Client ID and secret are sent"
              value={draft.clientAuthentication}
              choices={CLIENT}
              onChange={(clientAuthentication) => set({ clientAuthentication })}
              error={faultOf('authentication.clientAuthentication')}
            />
          </div>
          <div className="field">
            <span className="label">Parameters of the token request</span>
            <span className="hint">
              Such as audience or resource. They are shown to everyone who may see webhooks.
            </span>
            <Pairs
              what="Parameter"
              add="Add parameter"
              pairs={draft.parameters}
              onChange={(parameters) => set({ parameters })}
              faultOf={(index, part) =>
                part === 'value' ? parameterFault(faultOf, draft.parameters[index]!.name) : undefined
              }
            />
          </div>
          <CheckField
            label="A 403 asks for a fresh token too"
            hint="For endpoints that answer 403 to a token that is over. A 401 always does."
            checked={draft.refreshOn403}
            onChange={(refreshOn403) => set({ refreshOn403 })}
          />
        </div>
      </details>
    </>
  );
}

function parameterFault(faultOf: PartProps['faultOf'], name: string): string | undefined {
  const path = 'authentication.parameters';
  return faultOf(/^[\w-]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`);
}
