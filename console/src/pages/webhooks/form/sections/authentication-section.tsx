import { TextField } from '../../../../ui/forms/fields';
import { SelectField } from '../../../../ui/forms/select-field';
import { OAuthMoreFields } from '../../../../ui/forms/oauth-more';
import { SecretField } from '../../../../ui/forms/secret-field';
import type { AuthenticationDraft, AuthenticationType } from '../authentication-draft';
import type { SectionProps } from './section';

const TYPES = [
  { value: 'none', text: 'None', hint: 'Or a scheme of your own, as a custom header.' },
  { value: 'basic', text: 'Basic', hint: 'A token, sent as you type it.' },
  { value: 'basicUser', text: 'Basic: username and password', hint: 'Encoded for you.' },
  { value: 'bearer', text: 'Bearer token', hint: 'Authorization: Bearer …' },
  { value: 'apiKey', text: 'API key', hint: 'In a header that you name.' },
  { value: 'oauth2', text: 'OAuth 2.0', hint: 'Client credentials: Wayhook fetches the tokens.' },
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
            label="Username"
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
      <OAuthMoreFields value={draft} onChange={set} faultOf={(path) => faultOf(`authentication.${path}`)} />
    </>
  );
}
