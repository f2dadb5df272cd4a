import { useState } from 'react';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { type OAuthMore, OAuthMoreFields } from '../../../ui/forms/oauth-more';
import { type Pair, pairOf } from '../../../ui/forms/pairs';
import { type Secret, SecretField } from '../../../ui/forms/secret-field';
import type { PartProps, TileOf } from '../draft/draft';
import { faultAt, faultWithin } from '../parts/faults';
import { withOptional } from '../parts/optional';
import { useTyped } from '../parts/typed';

type Authentication = NonNullable<NonNullable<TileOf<'webhook'>['webhook']>['authentication']>;
type Type = Authentication['type'];

const TYPES: { value: Type; text: string }[] = [
  { value: 'none', text: 'None' },
  { value: 'basicUser', text: 'Basic' },
  { value: 'basic', text: 'Basic, with a token as typed' },
  { value: 'bearer', text: 'Token' },
  { value: 'apiKey', text: 'API key in a header' },
  { value: 'oauth2', text: 'OAuth 2.0' },
];
const BLANK: { [Name in Type]: Extract<Authentication, { type: Name }> } = {
  none: { type: 'none' },
  basicUser: { type: 'basicUser', username: '', password: '' },
  basic: { type: 'basic', token: '' },
  bearer: { type: 'bearer', token: '' },
  apiKey: { type: 'apiKey', header: '', key: '' },
  oauth2: { type: 'oauth2', clientId: '', clientSecret: '', tokenUrl: 'https://' },
};

/** How the request of an inline webhook proves whose it is. A stored secret is only a mark here. */
export function AuthenticationFields({ value, onChange, faults, path }: PartProps<Authentication>) {
  const [first] = useState(value);
  const isStored = (secret: Secret | undefined) => typeof secret === 'object';
  const fault = (field: string) => faultWithin(faults, `${path}.${field}`);
  return (
    <div className="rows" role="group" aria-label="Authentication">
      <SelectField
        label="Authentication"
        value={value.type}
        choices={TYPES}
        onChange={(type) => onChange(type === first.type ? first : BLANK[type])}
      />
      {value.type === 'basicUser' && (
        <>
          <TextField
            label="Username"
            autoComplete="off"
            value={value.username}
            error={fault('username')}
            onChange={(username) => onChange({ ...value, username })}
          />
          <SecretField
            label="Password"
            value={value.password}
            isStored={first.type === 'basicUser' && isStored(first.password)}
            error={fault('password')}
            onChange={(password) => onChange({ ...value, password })}
          />
        </>
      )}
      {(value.type === 'basic' || value.type === 'bearer') && (
        <SecretField
          label={value.type === 'basic' ? 'Authentication Token' : 'Token'}
          value={value.token}
          isStored={first.type === value.type && isStored(first.token)}
          error={fault('token')}
          onChange={(token) => onChange({ ...value, token })}
        />
      )}
      {value.type === 'apiKey' && (
        <>
          <TextField
            label="Header"
            mono
            value={value.header}
            error={fault('header')}
            onChange={(header) => onChange({ ...value, header })}
          />
          <SecretField
            label="Key"
            value={value.key}
            isStored={first.type === 'apiKey' && isStored(first.key)}
            error={fault('key')}
            onChange={(key) => onChange({ ...value, key })}
          />
        </>
      )}
      {value.type === 'oauth2' && (
        <>
          <TextField
            label="Client ID"
            mono
            value={value.clientId}
            error={fault('clientId')}
            onChange={(clientId) => onChange({ ...value, clientId })}
          />
          <SecretField
            label="Client secret"
            value={value.clientSecret}
            isStored={first.type === 'oauth2' && isStored(first.clientSecret)}
            error={fault('clientSecret')}
            onChange={(clientSecret) => onChange({ ...value, clientSecret })}
          />
          <TextField
            label="Token URL"
            mono
            value={value.tokenUrl}
            error={fault('tokenUrl')}
            onChange={(tokenUrl) => onChange({ ...value, tokenUrl })}
          />
          <OAuthMoreOfTile value={value} onChange={onChange} faultOf={fault} />
        </>
      )}
      {faultAt(faults, path)}
    </div>
  );
}

type OAuth = Extract<Authentication, { type: 'oauth2' }>;

interface OAuthMoreOfTileProps {
  value: OAuth;
  onChange: (value: OAuth) => void;
  faultOf: (path: string) => string | undefined;
}

function OAuthMoreOfTile({ value, onChange, faultOf }: OAuthMoreOfTileProps) {
  const [parameters, type] = useTyped<OAuth['parameters'], Pair[]>(
    value.parameters,
    (record) => Object.entries(record ?? {}).map(([name, text]) => pairOf(name, text)),
    (rows) => (rows.length === 0 ? undefined : Object.fromEntries(rows.map((row) => [row.name, row.value]))),
  );
  const { scope, clientAuthentication, refreshOn } = value;
  function change(part: Partial<OAuthMore>) {
    if (part.scope !== undefined) onChange(withOptional(value, 'scope', part.scope || undefined));
    if (part.parameters !== undefined) onChange(withOptional(value, 'parameters', type(part.parameters)));
    if (part.clientAuthentication !== undefined) {
      const basic = part.clientAuthentication === 'basic' ? ('basic' as const) : undefined;
      onChange(withOptional(value, 'clientAuthentication', basic));
    }
    if (part.refreshOn403 !== undefined) {
      onChange(withOptional(value, 'refreshOn', part.refreshOn403 ? [401, 403] : undefined));
    }
  }
  return (
    <OAuthMoreFields
      value={{
        ...{ scope: scope ?? '', parameters, clientAuthentication: clientAuthentication ?? 'body' },
        refreshOn403: refreshOn?.includes(403) ?? false,
      }}
      onChange={change}
      faultOf={faultOf}
    />
  );
}
