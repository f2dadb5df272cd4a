import type { ReactNode } from 'react';
import { Plus } from 'lucide-react';
import { Button } from '../../../ui/button';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { SuggestField } from '../../../ui/forms/suggest-field';
import { type EventCondition, type Match, TIMES } from '../../../words/conditions';
import type { Faults } from '../draft/draft';
import { numberOrText } from './comparison-value';
import { DurationField } from './duration-field';
import { faultAt, faultWithin } from './faults';
import { useEventNames } from './known';
import { MatchRows } from './match-rows';
import { withOptional } from './optional';

interface EventProps<Value> {
  value: Value;
  onChange: (value: Value) => void;
  faults: Faults;
  path: string;
  /** The condition on each event. */
  where: ReactNode;
}

/** An event, and what of it counts. */
export function Occurrence<Value extends { event?: string; match?: Match }>(props: EventProps<Value>) {
  const { value, onChange, faults, path, where } = props;
  const names = useEventNames();
  return (
    <>
      <SuggestField
        label="Event"
        value={value.event ?? ''}
        suggestions={names}
        placeholder="purchase"
        error={faultWithin(faults, `${path}.event`)}
        onChange={(event) => onChange({ ...value, event })}
      />
      <MatchRows
        value={value.match}
        onChange={(match) => onChange(withOptional(value, 'match', match))}
        {...{ faults, path: `${path}.match` }}
      />
      {where}
    </>
  );
}

const often = Object.entries(TIMES).map(([value, text]) => ({ value: value as keyof typeof TIMES, text }));

/** What the user did, how often, and in what time. */
export function EventFields({ value, onChange, faults, path, where }: EventProps<EventCondition>) {
  const { times, within } = value;
  return (
    <div className="rows">
      <Occurrence {...{ value, onChange, faults, path, where }} />
      {times === undefined ? (
        <Button
          look="quiet"
          className="add"
          onPress={() => onChange({ ...value, times: { is: 'greaterOrEqual', value: 2 } })}
        >
          <Plus size={14} aria-hidden /> How often
        </Button>
      ) : (
        <div className="side-by-side">
          <SelectField
            label="How often"
            value={times.is}
            choices={often}
            onChange={(is) => onChange({ ...value, times: { ...times, is } })}
          />
          <TextField
            label="Times"
            inputMode="numeric"
            value={String(times.value)}
            hint="Empty: at least once."
            error={faultWithin(faults, `${path}.times`)}
            onChange={(typed) =>
              onChange(
                typed === ''
                  ? withOptional(value, 'times', undefined)
                  : { ...value, times: { ...times, value: numberOrText(typed) as number } },
              )
            }
          />
        </div>
      )}
      <DurationField
        label="In the last"
        hint="Empty: ever."
        value={within}
        error={faultWithin(faults, `${path}.within`)}
        onChange={(duration) => onChange(withOptional(value, 'within', duration))}
      />
      {faultAt(faults, path)}
    </div>
  );
}
