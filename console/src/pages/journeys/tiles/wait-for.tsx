import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import type { TileOf } from '../draft/draft';
import { ConditionEditor } from '../parts/condition-editor';
import { DurationField } from '../parts/duration-field';
import { faultWithin } from '../parts/faults';
import { OccurrenceFields } from '../parts/occurrence-fields';
import { changing, type TileFormProps } from './form';
import { PartList } from './part-list';

type Arm = TileOf<'waitFor'>['for'][number];

const KINDS = [
  { value: 'event', text: 'An event' },
  { value: 'when', text: 'A condition that comes true' },
] as const;
const SINCE = [
  { value: 'arrival', text: 'From when they come here' },
  { value: 'entry', text: 'From when they entered', hint: 'Earlier events count too' },
] as const;

export function WaitForForm(props: TileFormProps<'waitFor'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <>
      <PartList
        label="Until the first of"
        what="Arm"
        isOrdered
        items={value.for}
        onChange={(arms) => set('for', arms)}
        blank={(): Arm => ({ event: '' })}
        fewest={1}
        {...{ faults, path: `${path}.for` }}
        fields={(arm, change, at) => <ArmFields {...{ arm, change, at, faults }} />}
      />
      <DurationField
        label="At most"
        value={value.timeout}
        error={faultWithin(faults, `${path}.timeout`)}
        onChange={(timeout) => set('timeout', timeout ?? '')}
      />
      <SelectField
        label="Events count"
        value={value.since ?? 'arrival'}
        choices={SINCE}
        onChange={(since) => set('since', since === 'arrival' ? undefined : since)}
      />
      <TextField
        label="Reference name"
        mono
        hint={`What ended the wait is read as {{events.${value.name ?? value.id}.…}}`}
        value={value.name ?? ''}
        error={faultWithin(faults, `${path}.name`)}
        onChange={(name) => set('name', name || undefined)}
      />
    </>
  );
}

interface ArmProps {
  arm: Arm;
  change: (arm: Arm) => void;
  at: string;
  faults: TileFormProps<'waitFor'>['faults'];
}

function ArmFields({ arm, change, at, faults }: ArmProps) {
  const { next } = arm;
  const isEvent = arm.event !== undefined;
  return (
    <>
      <SelectField
        label="What"
        isLabelHidden
        value={isEvent ? 'event' : 'when'}
        choices={KINDS}
        onChange={(kind) =>
          change({
            ...(kind === 'event'
              ? { event: '' }
              : { when: { field: 'profile.', is: 'equals' as const, value: '' } }),
            ...(next !== undefined && { next }),
          })
        }
      />
      {isEvent ? (
        <OccurrenceFields value={arm} onChange={change} {...{ faults, path: at }} />
      ) : (
        <ConditionEditor
          label="Condition"
          value={arm.when}
          onChange={(when) => change(when === undefined ? { event: '', next } : { ...arm, when })}
          {...{ faults, path: `${at}.when` }}
        />
      )}
    </>
  );
}
