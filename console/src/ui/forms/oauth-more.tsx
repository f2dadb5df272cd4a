import { CheckField, TextField } from './fields';
import { SelectField } from './select-field';
import { type Pair, Pairs } from './pairs';

const CLIENT = [
  { value: 'body', text: 'In the body' },
  { value: 'basic', text: 'In a Basic header' },
] as const;

/** What an OAuth webhook may have beside client and token URL. */
export interface OAuthMore {
  scope: string;
  parameters: Pair[];
  clientAuthentication: 'body' | 'basic';
  refreshOn403: boolean;
}

interface OAuthMoreFieldsProps {
  value: OAuthMore;
  onChange: (part: Partial<OAuthMore>) => void;
  /** What is wrong with the field at this path of the authentication. */
  faultOf: (path: string) => string | undefined;
}

/** Closed as long as nothing of it is used. */
export function OAuthMoreFields({ value, onChange, faultOf }: OAuthMoreFieldsProps) {
  const { scope, parameters, clientAuthentication, refreshOn403 } = value;
  const isUsed = scope !== '' || parameters.length > 0 || clientAuthentication === 'basic' || refreshOn403;
  return (
    <details className="more" open={isUsed || undefined}>
      <summary>Scope, parameters and more</summary>
      <div className="stack">
        <div className="two">
          <TextField
            label="Scope"
            mono
            hint="One or several words, with a space between them."
            value={scope}
            onChange={(typed) => onChange({ scope: typed })}
            error={faultOf('scope')}
          />
          <SelectField
            label="Client ID and secret are sent"
            value={clientAuthentication}
            choices={CLIENT}
            onChange={(chosen) => onChange({ clientAuthentication: chosen })}
            error={faultOf('clientAuthentication')}
          />
        </div>
        <div className="field">
          <span className="label">Parameters of the token request</span>
          <span className="hint">Such as audience or resource. They are plain text: no secrets here.</span>
          <Pairs
            what="Parameter"
            add="Add parameter"
            pairs={parameters}
            onChange={(pairs) => onChange({ parameters: pairs })}
            faultOf={(index, part) =>
              part === 'value' ? faultOf(pathTo(parameters[index]!.name)) : undefined
            }
          />
        </div>
        <CheckField
          label="A 403 asks for a fresh token too"
          hint="For endpoints that answer 403 to a token that is over. A 401 always does."
          checked={refreshOn403}
          onChange={(isOn) => onChange({ refreshOn403: isOn })}
        />
      </div>
    </details>
  );
}

function pathTo(name: string): string {
  return /^[\w-]+$/.test(name) ? `parameters.${name}` : `parameters[${JSON.stringify(name)}]`;
}
