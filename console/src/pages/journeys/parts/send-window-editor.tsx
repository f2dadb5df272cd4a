import { useId } from 'react';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { type Day, DAYS, type SendWindow } from '../../../words/journeys';
import type { PartProps } from '../draft/draft';
import { faultAt, faultWithin } from './faults';
import { withOptional } from './optional';
import { ClocksField } from './zone-field';

interface SendWindowProps extends PartProps<SendWindow | null | undefined> {
  /** Null exempts a tile from the window of its journey. */
  isOfTile?: boolean;
}

type Choice = 'none' | 'exempt' | 'own';

const OF_JOURNEY = [
  { value: 'none', text: 'At any time' },
  { value: 'own', text: 'Only at some hours' },
] as const;
const OF_TILE = [
  { value: 'none', text: 'As the journey' },
  { value: 'exempt', text: 'At any time' },
  { value: 'own', text: 'At hours of its own' },
] as const;
const BLANK: SendWindow = {
  ...{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '20:00', timeZone: 'user' },
};

/** The hours in which requests may be sent. */
export function SendWindowEditor({ value, onChange, faults, path, isOfTile }: SendWindowProps) {
  const choice: Choice = value === undefined ? 'none' : value === null ? 'exempt' : 'own';
  const choices: readonly { value: Choice; text: string }[] = isOfTile ? OF_TILE : OF_JOURNEY;
  return (
    <div className="rows">
      <SelectField
        label="Requests are sent"
        value={choice}
        choices={choices}
        onChange={(chosen) => onChange(chosen === 'own' ? BLANK : chosen === 'exempt' ? null : undefined)}
      />
      {value && <WindowFields {...{ value, onChange, faults, path }} />}
      {faultAt(faults, path)}
    </div>
  );
}

const ON_CLOSED = [
  { value: 'hold', text: 'Wait until it opens' },
  { value: 'skip', text: 'Go on without sending' },
] as const;

function WindowFields({ value, onChange, faults, path }: PartProps<SendWindow>) {
  return (
    <>
      <DaysField
        value={value.days}
        onChange={(days) => onChange({ ...value, days })}
        {...{ faults, path: `${path}.days` }}
      />
      <div className="halves">
        {(['from', 'to'] as const).map((side) => (
          <TextField
            key={side}
            label={side === 'from' ? 'From' : 'To'}
            placeholder={side === 'from' ? '09:00' : '20:00'}
            value={value[side]}
            error={faultWithin(faults, `${path}.${side}`)}
            onChange={(time) => onChange({ ...value, [side]: time })}
          />
        ))}
      </div>
      <ClocksField
        value={value.timeZone}
        error={faultWithin(faults, `${path}.timeZone`)}
        onChange={(timeZone) => onChange({ ...value, timeZone: timeZone ?? '' })}
      />
      <SelectField
        label="While it is closed, users"
        value={value.onClosed ?? 'hold'}
        choices={ON_CLOSED}
        onChange={(chosen) =>
          onChange(withOptional(value, 'onClosed', chosen === 'skip' ? chosen : undefined))
        }
      />
    </>
  );
}

const WEEK = Object.keys(DAYS) as Day[];

/** Days of the week. */
export function DaysField({ value, onChange, faults, path }: PartProps<Day[]>) {
  const id = useId();
  return (
    <div className="rows" role="group" aria-labelledby={id}>
      <span className="label" id={id}>
        Days
      </span>
      <div className="days">
        {WEEK.map((day) => (
          <label key={day}>
            <input
              type="checkbox"
              checked={value.includes(day)}
              onChange={({ target }) =>
                onChange(WEEK.filter((one) => (one === day ? target.checked : value.includes(one))))
              }
            />
            {DAYS[day]}
          </label>
        ))}
      </div>
      {faultAt(faults, path)}
    </div>
  );
}
