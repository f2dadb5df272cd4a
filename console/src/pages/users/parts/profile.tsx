import { useState } from 'react';
import { Pencil } from 'lucide-react';
import { Button } from '../../../ui/button';
import { EditField } from './edit-field';
import type { Identity } from '../names';
import { Part } from './part';
import type { User } from '../queries';

/** What the server adds to the fields that were written. */
const MADE = ['signupDate', 'signupSource', 'profileUpdatedAt'];

/** Entries and events, which follow, are not to be far below. */
const SHOWN = 20;

interface ProfileProps {
  identity: Identity;
  user: User;
  mayChange: boolean;
}

export function Profile({ identity, user, mayChange }: ProfileProps) {
  const [edited, setEdited] = useState<{ name?: string }>();
  const [isWhole, setWhole] = useState(false);
  const fields = Object.entries(user.dataFields).filter(([name]) => !MADE.includes(name));
  const shown = isWhole ? fields : fields.slice(0, SHOWN);
  return (
    <Part title="Profile" actions={mayChange && <Button onPress={() => setEdited({})}>Add a field</Button>}>
      {fields.length === 0 ? (
        <p className="part-body hint">No fields yet.</p>
      ) : (
        <ul className="user-rows">
          {shown.map(([name, value]) => (
            <li key={name}>
              <span className="name">{name}</span>
              <Value value={value} />
              {mayChange ? (
                <Button
                  look="quiet"
                  icon
                  className="small"
                  aria-label={`Edit ${name}`}
                  onPress={() => setEdited({ name })}
                >
                  <Pencil size={14} aria-hidden />
                </Button>
              ) : (
                <span />
              )}
            </li>
          ))}
        </ul>
      )}
      {shown.length < fields.length && (
        <p className="part-body">
          <Button onPress={() => setWhole(true)}>Show all {fields.length.toLocaleString('en')} fields</Button>
        </p>
      )}
      {edited !== undefined && (
        <EditField
          identity={identity}
          name={edited.name}
          value={edited.name === undefined ? undefined : user.dataFields[edited.name]}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Part>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null) return <span className="none">null</span>;
  if (typeof value === 'string') return <span className="value">{value}</span>;
  return <code className="value">{JSON.stringify(value, null, 2)}</code>;
}
