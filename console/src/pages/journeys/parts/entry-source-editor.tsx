import { CheckField, TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { SuggestField } from '../../../ui/forms/suggest-field';
import type { When } from '../../../words/conditions';
import { cronWords, type EntrySource, SOURCES } from '../../../words/journeys';
import type { Faults, PartProps } from '../draft/draft';
import { ConditionEditor } from './condition-editor';
import { faultAt, faultWithin } from './faults';
import { type Root, useEventNames, useFields } from './known';
import { ListField } from './list-field';
import { withOptional } from './optional';
import { ScalarField } from './scalar-field';
import { ZoneField } from './zone-field';

type Source = EntrySource['source'];
type Of<Name extends Source> = Extract<EntrySource, { source: Name }>;

const sources = Object.entries(SOURCES).map(([value, text]) => ({ value: value as Source, text }));
const ROOTS: readonly Root[] = ['profile', 'trigger', 'event'];
const OF_PROFILE = ['profile'] as const;

/** What a source begins with. Its condition stays. */
const BLANK: { [Name in Source]: Of<Name> } = {
  api: { source: 'api' },
  event: { source: 'event', eventName: '' },
  purchase: { source: 'purchase' },
  cartUpdate: { source: 'cartUpdate' },
  newUser: { source: 'newUser' },
  profileUpdate: { source: 'profileUpdate', field: '', onlyIfChanged: true },
  listSubscribe: { source: 'listSubscribe', listId: 0 },
  listUnsubscribe: { source: 'listUnsubscribe', listId: 0 },
  schedule: { source: 'schedule', listId: 0, cron: '0 9 * * mon', timeZone: 'UTC' },
  journey: { source: 'journey' },
};

/** What sends users into the journey, and whom of them. */
export function EntrySourceEditor({ value, onChange, faults, path }: PartProps<EntrySource>) {
  const { where } = value as { where?: When };
  return (
    <div className="rows">
      <SelectField
        label="Users enter by"
        value={value.source}
        choices={sources}
        error={faultWithin(faults, `${path}.source`)}
        hint="The trigger call of the API works beside every source."
        onChange={(source) =>
          onChange(withOptional(BLANK[source] as EntrySource & { where?: When }, 'where', where))
        }
      />
      <SourceFields {...{ value, onChange, faults, path }} />
      {faultAt(faults, path)}
      <ConditionEditor
        label="Only users for whom"
        isOptional
        roots={ROOTS}
        value={where}
        onChange={(changed) =>
          onChange(withOptional(value as EntrySource & { where?: When }, 'where', changed))
        }
        {...{ faults, path: `${path}.where` }}
      />
    </div>
  );
}

function SourceFields({ value, onChange, faults, path }: PartProps<EntrySource>) {
  const inner = { onChange, faults, path };
  switch (value.source) {
    case 'event':
      return <EventSource {...inner} value={value} />;
    case 'profileUpdate':
      return <ProfileUpdate {...inner} value={value} />;
    case 'listSubscribe':
    case 'listUnsubscribe':
      return <SourceList {...inner} value={value} />;
    case 'schedule':
      return (
        <>
          <SourceList {...inner} value={value} />
          <Timing {...inner} value={value} />
        </>
      );
    case 'api':
    case 'purchase':
    case 'cartUpdate':
    case 'newUser':
    case 'journey':
      return null;
  }
}

interface SourceProps<Value extends EntrySource> {
  value: Value;
  onChange: (value: EntrySource) => void;
  faults: Faults;
  path: string;
}

function EventSource({ value, onChange, faults, path }: SourceProps<Of<'event'>>) {
  return (
    <SuggestField
      label="Event"
      value={value.eventName}
      suggestions={useEventNames()}
      placeholder="signup"
      error={faultWithin(faults, `${path}.eventName`)}
      onChange={(eventName) => onChange({ ...value, eventName })}
    />
  );
}

function SourceList(props: SourceProps<Of<'listSubscribe'> | Of<'listUnsubscribe'> | Of<'schedule'>>) {
  const { value, onChange, faults, path } = props;
  return (
    <ListField
      label="List"
      value={value.listId}
      error={faultWithin(faults, `${path}.listId`)}
      onChange={(listId) => onChange({ ...value, listId })}
    />
  );
}

function ProfileUpdate({ value, onChange, faults, path }: SourceProps<Of<'profileUpdate'>>) {
  const fields = useFields(OF_PROFILE).map((one) => ({ ...one, value: one.value.slice('profile.'.length) }));
  return (
    <>
      <SuggestField
        label="Field"
        mono
        value={value.field}
        suggestions={fields}
        placeholder="plan"
        error={faultWithin(faults, `${path}.field`)}
        onChange={(field) => onChange({ ...value, field })}
      />
      <CheckField
        label="Only if its value changes"
        checked={value.onlyIfChanged ?? false}
        onChange={(checked) => onChange(withOptional(value, 'onlyIfChanged', checked || undefined))}
      />
      <CheckField
        label="Also when the user is created with it"
        checked={value.alsoOnCreate ?? false}
        onChange={(checked) => onChange(withOptional(value, 'alsoOnCreate', checked || undefined))}
      />
      {(['from', 'to'] as const).map((side) => (
        <ScalarField
          key={side}
          label={side === 'from' ? 'From' : 'To'}
          value={value[side]}
          error={faultWithin(faults, `${path}.${side}`)}
          onChange={(scalar) => onChange(withOptional(value, side, scalar))}
        />
      ))}
    </>
  );
}

const TIMINGS = [
  { value: 'cron', text: 'Again and again' },
  { value: 'at', text: 'Once' },
] as const;

function Timing({ value, onChange, faults, path }: SourceProps<Of<'schedule'>>) {
  const { cron, at, ...rest } = value;
  return (
    <>
      <SelectField
        label="When"
        value={at === undefined ? 'cron' : 'at'}
        choices={TIMINGS}
        onChange={(chosen) => onChange({ ...rest, [chosen]: chosen === 'cron' ? '0 9 * * mon' : '' })}
      />
      {at === undefined ? (
        <TextField
          label="Cron expression"
          mono
          value={cron ?? ''}
          hint={`${cronWords(cron ?? '')}. Minute, hour, day, month, day of the week.`}
          error={faultWithin(faults, `${path}.cron`)}
          onChange={(text) => onChange({ ...rest, cron: text })}
        />
      ) : (
        <TextField
          label="Date and time"
          type="datetime-local"
          value={at}
          error={faultWithin(faults, `${path}.at`)}
          onChange={(text) => onChange({ ...rest, at: text })}
        />
      )}
      <ZoneField
        label="Time zone"
        value={value.timeZone}
        error={faultWithin(faults, `${path}.timeZone`)}
        onChange={(timeZone) => onChange({ ...value, timeZone: timeZone ?? '' })}
      />
    </>
  );
}
