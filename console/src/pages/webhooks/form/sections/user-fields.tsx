import { useId, useState } from 'react';
import { CircleAlert, Plus, X } from 'lucide-react';
import { Button } from '../../../../ui/button';

interface UserFieldsProps {
  fields: readonly string[];
  /** Those that profiles have, to choose from; any other may be typed. */
  known: readonly string[];
  onChange: (fields: string[]) => void;
  error: string | undefined;
}

/** The fields of a profile that are sent. */
export function UserFields({ fields, known, onChange, error }: UserFieldsProps) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const left = known.filter((name) => !fields.includes(name));

  function add() {
    const name = typed.trim();
    if (name === '') return;
    if (!fields.includes(name)) onChange([...fields, name]);
    setTyped('');
  }

  return (
    <div className="field">
      <label htmlFor={id}>User fields</label>
      {fields.length > 0 && (
        <ul className="chosen-fields" aria-label="Chosen user fields">
          {fields.map((name) => (
            <li key={name} className="chosen-field">
              <span className="mono">{name}</span>
              <Button
                look="quiet"
                icon
                className="small"
                aria-label={`Remove ${name}`}
                onPress={() => onChange(fields.filter((other) => other !== name))}
              >
                <X size={12} aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="user-field-add">
        <input
          id={id}
          className="input mono"
          list={`${id}-known`}
          placeholder="city"
          value={typed}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <datalist id={`${id}-known`}>
          {left.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Button onPress={add} isDisabled={typed.trim() === ''}>
          <Plus size={14} aria-hidden /> Add user field
        </Button>
      </div>
      <span className="hint" id={`${id}-hint`}>
        Fields of the profile that are sent. One that a user does not have is left out.
      </span>
      {error !== undefined && (
        <span className="error">
          <CircleAlert size={14} aria-hidden /> {error}
        </span>
      )}
    </div>
  );
}
