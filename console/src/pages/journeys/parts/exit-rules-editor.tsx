import { useId } from 'react';
import { Plus, X } from 'lucide-react';
import { Button } from '../../../ui/button';
import { TextField } from '../../../ui/forms/fields';
import { ActionMenu } from '../../../ui/overlays/menu';
import type { ExitRule } from '../../../words/journeys';
import type { PartProps } from '../draft/draft';
import { ConditionEditor } from './condition-editor';
import { faultAt, faultWithin } from './faults';
import { ListField } from './list-field';
import { OccurrenceFields } from './occurrence-fields';
import { withOptional } from './optional';

const MOST = 20;

/** What takes users out of the journey at once. */
export function ExitRulesEditor({ value, onChange, faults, path }: PartProps<readonly ExitRule[]>) {
  const id = useId();
  const add = (rule: ExitRule) => onChange([...value, rule]);
  return (
    <div className="rows" role="group" aria-labelledby={id}>
      <span className="label" id={id}>
        Users leave at once who
      </span>
      {value.map((rule, index) => (
        <div className="part" key={index} role="group" aria-label={`Exit rule ${index + 1}`}>
          <div className="part-fields">
            <RuleFields
              value={rule}
              onChange={(changed) => onChange(value.map((other, at) => (at === index ? changed : other)))}
              {...{ faults, path: `${path}[${index}]` }}
            />
          </div>
          <Button
            look="quiet"
            icon
            className="small"
            aria-label={`Remove exit rule ${index + 1}`}
            onPress={() => onChange(value.filter((_, at) => at !== index))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      {faultAt(faults, path)}
      {value.length < MOST && (
        <ActionMenu
          label="Kind of exit rule"
          actions={[
            { id: 'event', text: 'Did something', run: () => add({ event: '' }) },
            { id: 'list', text: 'Are on a list', run: () => add({ listId: 0 }) },
            {
              id: 'when',
              text: 'Meet a condition',
              run: () => add({ when: { field: 'profile.', is: 'equals', value: '' } }),
            },
          ]}
        >
          <Button look="quiet" className="add">
            <Plus size={14} aria-hidden /> Add an exit rule
          </Button>
        </ActionMenu>
      )}
    </div>
  );
}

function RuleFields({ value, onChange, faults, path }: PartProps<ExitRule>) {
  return (
    <>
      <TextField
        label="Name"
        placeholder="Bought"
        value={value.name ?? ''}
        error={faultWithin(faults, `${path}.name`)}
        onChange={(name) => onChange(withOptional(value, 'name', name || undefined))}
      />
      {value.event !== undefined ? (
        <OccurrenceFields {...{ value, onChange, faults, path }} />
      ) : value.listId !== undefined ? (
        <ListField
          label="List"
          value={value.listId}
          error={faultWithin(faults, `${path}.listId`)}
          onChange={(listId) => onChange({ ...value, listId })}
        />
      ) : (
        <ConditionEditor
          label="Condition"
          value={value.when}
          onChange={(when) => onChange(withOptional(value, 'when', when))}
          {...{ faults, path: `${path}.when` }}
        />
      )}
      {faultAt(faults, path)}
    </>
  );
}
