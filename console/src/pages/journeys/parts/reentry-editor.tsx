import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import type { Reentry } from '../../../words/journeys';
import type { Draft, PartProps } from '../draft/draft';
import { numberOrText } from './comparison-value';
import { DurationField } from './duration-field';
import { faultAt, faultWithin } from './faults';
import { withOptional } from './optional';

/** What of a journey says how often and how soon one user may enter. */
type Limits = Pick<Draft, 'lifetimeLimit' | 'simultaneousLimit' | 'reentry'>;

const ON_ACTIVE = [
  { value: 'usual', text: 'As usual', hint: 'They enter; not where the pause counts from the end' },
  { value: 'parallel', text: 'Enter again' },
  { value: 'refuse', text: 'Are kept out' },
  { value: 'restart', text: 'Start anew', hint: 'The entry under way ends' },
] as const;
const FROM = [
  { value: 'entry', text: 'From when they entered' },
  { value: 'end', text: 'From when they left' },
] as const;

/** How often and how soon one user may enter. `path` is that of the journey: these are its own fields. */
export function ReentryEditor<Whole extends Limits>({ value, onChange, faults }: PartProps<Whole>) {
  const { reentry = {} } = value;
  const { after, from, key, onActive } = reentry;
  const change = (changed: Reentry) =>
    onChange(withOptional(value, 'reentry', Object.keys(changed).length === 0 ? undefined : changed));
  return (
    <div className="rows">
      <div className="halves">
        <LimitField label="Entries of one user" {...{ value, onChange, faults, name: 'lifetimeLimit' }} />
        <LimitField label="At the same time" {...{ value, onChange, faults, name: 'simultaneousLimit' }} />
      </div>
      <DurationField
        label="Pause before they may enter again"
        hint="Empty: none."
        value={after}
        error={faultWithin(faults, 'reentry.after')}
        onChange={(duration) =>
          change(
            withOptional(
              duration === undefined ? withOptional(reentry, 'from', undefined) : reentry,
              'after',
              duration,
            ),
          )
        }
      />
      {after !== undefined && (
        <SelectField
          label="The pause counts"
          value={from ?? 'entry'}
          choices={FROM}
          onChange={(chosen) => change(withOptional(reentry, 'from', chosen === 'end' ? chosen : undefined))}
        />
      )}
      <SelectField
        label="Users who are under way"
        value={onActive ?? 'usual'}
        choices={ON_ACTIVE}
        error={faultWithin(faults, 'reentry.onActive')}
        onChange={(chosen) =>
          change(withOptional(reentry, 'onActive', chosen === 'usual' ? undefined : chosen))
        }
      />
      <TextField
        label="Told apart by"
        mono
        placeholder="cartId"
        hint="A field of the trigger data: all of this then counts for each user and value."
        value={key ?? ''}
        error={faultWithin(faults, 'reentry.key')}
        onChange={(text) => change(withOptional(reentry, 'key', text || undefined))}
      />
      {faultAt(faults, 'reentry')}
    </div>
  );
}

interface LimitProps<Whole extends Limits> extends Omit<PartProps<Whole>, 'path'> {
  label: string;
  name: 'lifetimeLimit' | 'simultaneousLimit';
}

function LimitField<Whole extends Limits>({ label, value, onChange, faults, name }: LimitProps<Whole>) {
  return (
    <TextField
      label={label}
      inputMode="numeric"
      placeholder="Any number"
      value={value[name] === undefined ? '' : String(value[name])}
      error={faultWithin(faults, name)}
      onChange={(typed) =>
        onChange(withOptional(value, name, typed === '' ? undefined : (numberOrText(typed) as number)))
      }
    />
  );
}
