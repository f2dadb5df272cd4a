import { Plus, X } from 'lucide-react';
import { Button } from '../../../../ui/button';
import { CheckField, TextField } from '../../../../ui/forms/fields';
import { SelectField } from '../../../../ui/forms/select-field';
import { SuggestField } from '../../../../ui/forms/suggest-field';
import type { Draft, Faults, PartProps } from '../../draft/draft';
import { DurationField } from '../duration-field';
import { faultAt, faultWithin } from '../faults';
import { useEventNames } from '../known';
import { titleOf } from '../versions/difference';
import { awaitingTiles, blankUser, type TypedCallback, type TypedEvent, type TypedUser } from './scenario';

const MOST = 100;

interface CastProps {
  value: TypedUser[];
  onChange: (value: TypedUser[]) => void;
  faults: Faults;
  draft: Draft;
}

/** The users of a simulation: who they are, and what they do. */
export function Cast({ value, onChange, faults, draft }: CastProps) {
  return (
    <div className="rows" role="group" aria-label="Users">
      {value.map((user, index) => (
        <div className="part" key={index} role="group" aria-label={`User ${index + 1}`}>
          <div className="part-fields">
            <UserFields
              value={user}
              onChange={(changed) => onChange(replaced(value, index, changed))}
              {...{ faults, draft, path: `users[${index}]` }}
            />
          </div>
          {value.length > 1 && (
            <RemoveButton
              label={`Remove user ${index + 1}`}
              onPress={() => onChange(value.filter((_, at) => at !== index))}
            />
          )}
        </div>
      ))}
      {faultAt(faults, 'users')}
      {value.length < MOST && (
        <Button
          look="quiet"
          className="add"
          onPress={() => onChange([...value, blankUser(value.length + 1)])}
        >
          <Plus size={14} aria-hidden /> Add a user
        </Button>
      )}
    </div>
  );
}

function UserFields({ value, onChange, faults, path, draft }: PartProps<TypedUser> & { draft: Draft }) {
  const { name, profile, dataFields, events, callbacks } = value;
  return (
    <>
      <TextField
        label="Email or userId"
        value={name}
        error={faults[path] ?? faults[`${path}.email`] ?? faults[`${path}.userId`]}
        onChange={(typed) => onChange({ ...value, name: typed })}
      />
      <CheckField
        label="A copy of the real user"
        hint="Profile, lists, tags and latest events, if there is such a user."
        checked={profile === undefined}
        onChange={(checked) => onChange({ ...value, profile: checked ? undefined : '{}' })}
      />
      {profile !== undefined && (
        <TextField
          label="Profile"
          mono
          rows={2}
          value={profile}
          error={faultWithin(faults, `${path}.profile`)}
          onChange={(typed) => onChange({ ...value, profile: typed })}
        />
      )}
      <TextField
        label="Trigger data"
        mono
        rows={2}
        value={dataFields}
        error={faultWithin(faults, `${path}.dataFields`)}
        onChange={(typed) => onChange({ ...value, dataFields: typed })}
      />
      {events.map((event, index) => (
        <EventOfUser
          key={index}
          value={event}
          onChange={(changed) => onChange({ ...value, events: replaced(events, index, changed) })}
          onRemove={() => onChange({ ...value, events: events.filter((_, at) => at !== index) })}
          number={index + 1}
          {...{ faults, path: `${path}.events[${index}]` }}
        />
      ))}
      <Button
        look="quiet"
        className="add"
        onPress={() =>
          onChange({ ...value, events: [...events, { at: '1 day', eventName: '', dataFields: '{}' }] })
        }
      >
        <Plus size={14} aria-hidden /> Does something
      </Button>
      {awaitingTiles(draft).map((tile) => (
        <CallbackOfUser
          key={tile.id}
          label={`${titleOf(tile)} is called back`}
          value={callbacks[tile.id]}
          onChange={(changed) => {
            const { [tile.id]: _before, ...others } = callbacks;
            onChange({
              ...value,
              callbacks: changed === undefined ? others : { ...others, [tile.id]: changed },
            });
          }}
          {...{ faults, path: `${path}.callbacks.${tile.id}` }}
        />
      ))}
    </>
  );
}

interface EventProps extends PartProps<TypedEvent> {
  number: number;
  onRemove: () => void;
}

function EventOfUser({ value, onChange, faults, path, number, onRemove }: EventProps) {
  const names = useEventNames();
  return (
    <div className="part" role="group" aria-label={`Event ${number}`}>
      <div className="part-fields">
        <SuggestField
          label="Event"
          value={value.eventName}
          suggestions={names}
          placeholder="purchase"
          error={faultWithin(faults, `${path}.eventName`)}
          onChange={(eventName) => onChange({ ...value, eventName })}
        />
        <DurationField
          label="After the start"
          value={value.at}
          error={faultWithin(faults, `${path}.at`)}
          onChange={(at) => onChange({ ...value, at })}
        />
        <TextField
          label="Data of the event"
          mono
          rows={2}
          value={value.dataFields}
          error={faultWithin(faults, `${path}.dataFields`)}
          onChange={(dataFields) => onChange({ ...value, dataFields })}
        />
      </div>
      <RemoveButton label={`Remove event ${number}`} onPress={onRemove} />
    </div>
  );
}

const CALLS = [
  { value: 'never', text: 'Never' },
  { value: 'success', text: 'With success' },
  { value: 'failure', text: 'With failure' },
] as const;

interface CallbackProps {
  label: string;
  value: TypedCallback | undefined;
  onChange: (value: TypedCallback | undefined) => void;
  faults: Faults;
  path: string;
}

function CallbackOfUser({ label, value, onChange, faults, path }: CallbackProps) {
  return (
    <>
      <SelectField
        label={label}
        value={value?.status ?? 'never'}
        choices={CALLS}
        error={faults[path]}
        onChange={(status) =>
          onChange(status === 'never' ? undefined : { after: '1 hour', data: '', ...value, status })
        }
      />
      {value !== undefined && (
        <>
          <DurationField
            label="After the answer"
            unit="hour"
            value={value.after}
            error={faultWithin(faults, `${path}.after`)}
            onChange={(after) => onChange({ ...value, after })}
          />
          <TextField
            label="Data of the callback"
            mono
            rows={2}
            value={value.data}
            error={faultWithin(faults, `${path}.data`)}
            onChange={(data) => onChange({ ...value, data })}
          />
        </>
      )}
    </>
  );
}

export function RemoveButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <Button look="quiet" icon className="small" aria-label={label} onPress={onPress}>
      <X size={14} aria-hidden />
    </Button>
  );
}

export function replaced<Item>(items: readonly Item[], index: number, item: Item): Item[] {
  return items.map((other, at) => (at === index ? item : other));
}
