import { Pairs, pairOf, type Pair } from '../../../ui/forms/pairs';
import { CheckField, TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import type { PartProps, TileOf } from '../draft/draft';
import { faultAt, faultWithin } from '../parts/faults';
import { withOptional } from '../parts/optional';
import { useTyped } from '../parts/typed';
import { AuthenticationFields } from './authentication';
import { PairFields } from './pair-fields';

type Inline = NonNullable<TileOf<'webhook'>['webhook']>;

const METHODS = (['POST', 'PUT', 'DELETE'] as const).map((value) => ({ value, text: value }));

/** A webhook of one tile alone. */
export function InlineWebhookFields({ value, onChange, faults, path }: PartProps<Inline>) {
  const set = <Key extends keyof Inline>(key: Key, field: Inline[Key] | undefined) =>
    onChange(withOptional(value, key, field));
  return (
    <>
      <SelectField
        label="Request type"
        value={value.method ?? 'POST'}
        choices={METHODS}
        error={faultWithin(faults, `${path}.method`)}
        onChange={(method) => set('method', method)}
      />
      <TextField
        label="URL"
        mono
        hint="A field stands in braces: /accounts/{accountId}"
        value={value.url}
        error={faultWithin(faults, `${path}.url`)}
        onChange={(url) => set('url', url)}
      />
      <AuthenticationFields
        value={value.authentication ?? { type: 'none' }}
        onChange={(authentication) => set('authentication', authentication)}
        {...{ faults, path: `${path}.authentication` }}
      />
      <TextField
        label="Event title"
        placeholder="The event’s or the journey’s name"
        value={value.eventTitle ?? ''}
        error={faultWithin(faults, `${path}.eventTitle`)}
        onChange={(title) => set('eventTitle', title || undefined)}
      />
      <ProfileFields
        value={value.profileFields ?? ['profileId', 'email']}
        onChange={(fields) => set('profileFields', fields)}
        {...{ faults, path: `${path}.profileFields` }}
      />
      <CheckField
        label="Include the trigger data"
        checked={value.includeTrigger ?? false}
        onChange={(isOn) => set('includeTrigger', isOn)}
      />
      <PairFields
        label="Custom payload"
        hint="Wins over the rest of the body. Texts are templates; anything else is JSON."
        what="Field"
        add="Add field"
        value={value.payload}
        onChange={(payload) => set('payload', payload)}
        {...{ faults, path: `${path}.payload` }}
      />
      <HeaderFields
        value={value.headers ?? []}
        onChange={(headers) => set('headers', headers)}
        {...{ faults, path: `${path}.headers` }}
      />
      <ConsentFields
        value={value.consent}
        onChange={(consent) => set('consent', consent)}
        {...{ faults, path: `${path}.consent` }}
      />
      {faultAt(faults, path)}
    </>
  );
}

/** Names of fields, apart by commas. */
function ProfileFields({ value, onChange, faults, path }: PartProps<string[]>) {
  const [typed, type] = useTyped<string[], string>(
    value,
    (names) => names.join(', '),
    (text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
  );
  return (
    <TextField
      label="Profile fields"
      hint="Sent in the body, apart by commas."
      value={typed}
      error={faultWithin(faults, path)}
      onChange={(text) => onChange(type(text))}
    />
  );
}

type Header = NonNullable<Inline['headers']>[number];

/** None until they are switched on (B077). */
function HeaderFields({ value, onChange, faults, path }: PartProps<Header[]>) {
  const [pairs, type] = useTyped<Header[], Pair[]>(
    value,
    (headers) => headers.map((header) => pairOf(header.name, header.value)),
    (rows) => rows.map((row) => ({ name: row.name, value: row.value })),
  );
  return (
    <div className="rows" role="group" aria-label="Custom headers">
      <CheckField
        label="Custom headers"
        checked={pairs.length > 0}
        onChange={(isOn) => onChange(type(isOn ? [pairOf()] : []))}
      />
      {pairs.length > 0 && (
        <>
          <Pairs
            what="Header"
            add="Add header"
            pairs={pairs}
            onChange={(rows) => onChange(type(rows))}
            faultOf={(index, part) => faultWithin(faults, `${path}[${index}].${part}`)}
          />
          <span className="hint">Plain text to everyone who may read this journey: no secrets here.</span>
        </>
      )}
      {faultAt(faults, path)}
    </div>
  );
}

const ACTIONS = [
  { value: 'none', text: 'Nothing' },
  { value: 'accept', text: 'That it was accepted' },
  { value: 'decline', text: 'That it was declined' },
] as const;

function ConsentFields({ value, onChange, faults, path }: PartProps<Inline['consent']>) {
  return (
    <div className="rows" role="group" aria-label="Consent">
      <CheckField
        label="It is about a consent"
        checked={value !== undefined}
        onChange={(isOn) => onChange(isOn ? { category: '', check: true } : undefined)}
      />
      {value !== undefined && (
        <>
          <TextField
            label="Category"
            placeholder="marketing"
            value={value.category}
            error={faultWithin(faults, `${path}.category`)}
            onChange={(category) => onChange({ ...value, category })}
          />
          <CheckField
            label="Users who declined it exit"
            checked={value.check ?? true}
            onChange={(check) => onChange({ ...value, check })}
          />
          <SelectField
            label="Says in the body"
            value={value.action ?? 'none'}
            choices={ACTIONS}
            onChange={(action) => onChange({ ...value, action: action === 'none' ? null : action })}
          />
        </>
      )}
      {faultAt(faults, path)}
    </div>
  );
}
