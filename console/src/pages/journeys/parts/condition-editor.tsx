import { type ReactNode, useId } from 'react';
import { Plus, X } from 'lucide-react';
import { Button } from '../../../ui/button';
import { SelectField } from '../../../ui/forms/select-field';
import { ActionMenu } from '../../../ui/overlays/menu';
import { type ListCondition, type When } from '../../../words/conditions';
import type { Faults } from '../draft/draft';
import { ComparisonFields } from './comparison-fields';
import { type Group, groupedOf, type Grouped, GROUPS, whenOf, withoutPart } from './condition-parts';
import { EventFields } from './event-fields';
import { faultAt, faultWithin } from './faults';
import { OF_ENTRY, type Root } from './known';
import { ListField } from './list-field';
import { withOptional } from './optional';
import './parts.css';

interface ConditionProps {
  label: string;
  /** Undefined where there is none: a new one, or an optional one. */
  value: When | undefined;
  onChange: (value: When | undefined) => void;
  faults: Faults;
  path: string;
  /** Where fields may be read here; left out, everywhere but from an event. */
  roots?: readonly Root[];
  /** It is about each event of another condition, which has no events of its own. */
  isOfEvent?: boolean;
  /** It may be removed as a whole. */
  isOptional?: boolean;
}

/** A condition: fields, lists and what the user did, all or any or none of them, in groups. */
export function ConditionEditor(props: ConditionProps) {
  const { label, value, onChange, faults, path, roots = OF_ENTRY, isOfEvent = false, isOptional } = props;
  const id = useId();
  const inner = { faults, path, roots, isOfEvent };
  const grouped = value && groupedOf(value);
  return (
    <div className="condition" role="group" aria-labelledby={id}>
      <span className="label" id={id}>
        {label}
      </span>
      {value === undefined ? null : grouped ? (
        <GroupFields {...inner} value={grouped} onChange={onChange} />
      ) : (
        <Part onRemove={isOptional ? () => onChange(undefined) : undefined} number={1}>
          <LeafFields {...inner} value={value} onChange={onChange} />
        </Part>
      )}
      {faultAt(faults, path)}
      {!grouped && (
        <AddPart
          {...{ roots, isOfEvent }}
          text={value === undefined ? 'Add a condition' : 'And…'}
          onAdd={(part) => onChange(value === undefined ? part : { all: [value, part] })}
        />
      )}
    </div>
  );
}

interface InnerProps<Value> {
  value: Value;
  onChange: (value: When | undefined) => void;
  faults: Faults;
  path: string;
  roots: readonly Root[];
  isOfEvent: boolean;
}

const groups = Object.entries(GROUPS).map(([value, text]) => ({ value: value as Group, text }));

function GroupFields({ value, onChange, faults, path, roots, isOfEvent }: InnerProps<Grouped>) {
  const { group, parts, pathOf } = value;
  const changePart = (index: number, part: When | undefined) =>
    onChange(
      part === undefined
        ? withoutPart(value, index)
        : whenOf(
            group,
            parts.map((other, at) => (at === index ? part : other)),
          ),
    );
  return (
    <div className="group">
      <SelectField
        label="Which of these"
        isLabelHidden
        value={group}
        choices={groups}
        onChange={(chosen) => onChange(whenOf(chosen, parts))}
      />
      {parts.map((part, index) => {
        const inner = { faults, path: `${path}.${pathOf(index)}`, roots, isOfEvent };
        const nested = groupedOf(part);
        return (
          <Part key={index} number={index + 1} onRemove={() => changePart(index, undefined)}>
            {nested ? (
              <GroupFields {...inner} value={nested} onChange={(changed) => changePart(index, changed)} />
            ) : (
              <LeafFields {...inner} value={part} onChange={(changed) => changePart(index, changed)} />
            )}
            {faultAt(faults, inner.path)}
          </Part>
        );
      })}
      <AddPart
        {...{ roots, isOfEvent }}
        text="Add a condition"
        onAdd={(part) => onChange(whenOf(group, [...parts, part]))}
      />
    </div>
  );
}

function LeafFields({ value, onChange, faults, path, roots }: InnerProps<When>) {
  const inner = { onChange, faults, path };
  if ('field' in value) return <ComparisonFields {...inner} value={value} roots={roots} />;
  if ('list' in value) return <ListFields {...inner} value={value} />;
  if (!('event' in value)) return null;
  const where = (
    <WhereEditor
      value={value.where}
      onChange={(changed) => onChange(withOptional(value, 'where', changed))}
      {...{ faults, path: `${path}.where` }}
    />
  );
  return <EventFields {...inner} value={value} where={where} />;
}

const OF_EVENT = ['event', ...OF_ENTRY] as const;

/** The condition on each event of a name. */
export function WhereEditor(props: Pick<ConditionProps, 'value' | 'onChange' | 'faults' | 'path'>) {
  return <ConditionEditor label="Only if" isOptional isOfEvent roots={OF_EVENT} {...props} />;
}

const MEMBERSHIP = [
  { value: 'member', text: 'On the list' },
  { value: 'notMember', text: 'Not on the list' },
] as const;

function ListFields({
  value,
  onChange,
  faults,
  path,
}: Pick<InnerProps<ListCondition>, 'value' | 'onChange' | 'faults' | 'path'>) {
  return (
    <div className="side-by-side">
      <SelectField
        label="Membership"
        isLabelHidden
        value={value.is}
        choices={MEMBERSHIP}
        onChange={(is) => onChange({ ...value, is })}
      />
      <ListField
        label="List"
        isLabelHidden
        value={value.list}
        error={faultWithin(faults, `${path}.list`)}
        onChange={(list) => onChange({ ...value, list })}
      />
    </div>
  );
}

function Part({
  number,
  onRemove,
  children,
}: {
  number: number;
  onRemove: (() => void) | undefined;
  children: ReactNode;
}) {
  return (
    <div className="part" role="group" aria-label={`Condition ${number}`}>
      <div className="part-fields">{children}</div>
      {onRemove !== undefined && (
        <Button
          look="quiet"
          icon
          className="small"
          aria-label={`Remove condition ${number}`}
          onPress={onRemove}
        >
          <X size={14} aria-hidden />
        </Button>
      )}
    </div>
  );
}

interface AddPartProps {
  roots: readonly Root[];
  isOfEvent: boolean;
  text: string;
  onAdd: (part: When) => void;
}

function AddPart({ roots, isOfEvent, text, onAdd }: AddPartProps) {
  const blank: When = { field: isOfEvent ? 'event.' : `${roots[0]!}.`, is: 'equals', value: '' };
  const actions = [
    { id: 'field', text: 'A field', run: () => onAdd(blank) },
    { id: 'list', text: 'A list of users', run: () => onAdd({ list: 0, is: 'member' }) },
    ...(isOfEvent ? [] : [{ id: 'event', text: 'What the user did', run: () => onAdd({ event: '' }) }]),
    { id: 'group', text: 'A group of conditions', run: () => onAdd({ any: [blank] }) },
  ];
  return (
    <ActionMenu label="Kind of condition" actions={actions}>
      <Button look="quiet" className="add">
        <Plus size={14} aria-hidden /> {text}
      </Button>
    </ActionMenu>
  );
}
