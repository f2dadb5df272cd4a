import { CheckField, TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { SuggestField } from '../../../ui/forms/suggest-field';
import type { PartProps, TileOf } from '../draft/draft';
import { DurationField } from '../parts/duration-field';
import { faultAt, faultWithin } from '../parts/faults';
import { OF_ENTRY, useFields } from '../parts/known';
import { withOptional } from '../parts/optional';
import { DaysField } from '../parts/send-window-editor';
import { ClocksField } from '../parts/zone-field';
import { changing, type TileFormProps } from './form';

type Until = NonNullable<TileOf<'delay'>['until']>;
type Kind = 'for' | 'field' | 'at';

const KINDS: { value: Kind; text: string; hint?: string }[] = [
  { value: 'for', text: 'For a time' },
  { value: 'field', text: 'Until a date of the user', hint: 'In the profile, the trigger or live data' },
  { value: 'at', text: 'Until a time', hint: 'The same for all' },
];

export function DelayForm(props: TileFormProps<'delay'>) {
  const { value, onChange, faults, path } = props;
  const set = changing(props);
  const { until } = value;
  const kind: Kind = until === undefined ? 'for' : until.at !== undefined ? 'at' : 'field';
  function choose(chosen: Kind) {
    const { for: _for, until: _until, timeOfDay: _time, days: _days, timeZone: _zone, ...rest } = value;
    if (chosen === 'for') onChange({ ...rest, for: '1 day' });
    else if (chosen === 'field') onChange({ ...rest, until: { field: 'profile.' } });
    else onChange({ ...rest, until: { at: `${tomorrow()}T09:00` } });
  }
  return (
    <>
      <SelectField label="Waits" value={kind} choices={KINDS} onChange={choose} />
      {until === undefined ? (
        <>
          <DurationField
            label="For"
            value={value.for}
            error={faultWithin(faults, `${path}.for`)}
            onChange={(duration) => set('for', duration ?? '')}
          />
          <ForwardFields value={value} onChange={onChange} {...{ faults, path }} />
        </>
      ) : (
        <UntilFields
          value={until}
          onChange={(changed) => set('until', changed)}
          {...{ faults, path: `${path}.until` }}
        />
      )}
    </>
  );
}

function tomorrow(): string {
  const day = new Date(Date.now() + 86_400_000);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function UntilFields({ value, onChange, faults, path }: PartProps<Until>) {
  const fields = useFields(OF_ENTRY);
  const set = <Key extends keyof Until>(key: Key, field: Until[Key] | undefined) =>
    onChange(withOptional(value, key, field));
  return (
    <>
      {value.at === undefined ? (
        <SuggestField
          label="Date"
          mono
          placeholder="profile.renewsAt"
          suggestions={fields}
          value={value.field ?? ''}
          error={faultWithin(faults, `${path}.field`)}
          onChange={(field) => set('field', field)}
        />
      ) : (
        <TextField
          label="Time"
          mono
          placeholder="2027-01-31T09:00"
          value={value.at}
          error={faultWithin(faults, `${path}.at`)}
          onChange={(at) => set('at', at)}
        />
      )}
      <TextField
        label="Earlier or later by"
        placeholder="-2 days"
        hint="“-2 days” is two days before. Empty: on that date."
        value={value.offset ?? ''}
        error={faultWithin(faults, `${path}.offset`)}
        onChange={(offset) => set('offset', offset || undefined)}
      />
      <ForwardFields {...{ value, onChange, faults, path }} />
      {faultAt(faults, path)}
    </>
  );
}

type Forward = Pick<Until, 'timeOfDay' | 'days' | 'timeZone'>;

/** Moves the moment forward to a time of day, on some days of the week. */
function ForwardFields<Value extends Forward>({ value, onChange, faults, path }: PartProps<Value>) {
  const { timeOfDay, days, timeZone } = value;
  const isZoned = timeOfDay !== undefined || days !== undefined || timeZone !== undefined;
  const change = (changed: Value) => {
    const isOn = changed.timeOfDay !== undefined || changed.days !== undefined;
    onChange(isOn ? changed : withOptional(changed, 'timeZone', undefined));
  };
  return (
    <div className="rows" role="group" aria-label="Then moved forward">
      <TextField
        label="Then on to the time of day"
        placeholder="09:00"
        value={timeOfDay ?? ''}
        error={faultWithin(faults, `${path}.timeOfDay`)}
        onChange={(time) =>
          change(withOptional(value, 'timeOfDay', (time || undefined) as Value['timeOfDay']))
        }
      />
      <CheckField
        label="Only on some days"
        checked={days !== undefined}
        onChange={(isOn) =>
          change(
            withOptional(
              value,
              'days',
              (isOn ? ['mon', 'tue', 'wed', 'thu', 'fri'] : undefined) as Value['days'],
            ),
          )
        }
      />
      {days !== undefined && (
        <DaysField
          value={days}
          onChange={(chosen) => change({ ...value, days: chosen })}
          {...{ faults, path: `${path}.days` }}
        />
      )}
      {isZoned && (
        <ClocksField
          value={timeZone ?? 'user'}
          error={faultWithin(faults, `${path}.timeZone`)}
          onChange={(zone) => change(withOptional(value, 'timeZone', zone as Value['timeZone']))}
        />
      )}
    </div>
  );
}
