import { type FormEvent, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { messageOf } from '../../../ui/feedback/failure';
import { SelectField, TextField } from '../../../ui/forms/fields';
import { FormDialog } from '../../../ui/overlays/form-dialog';
import { toast } from '../../../ui/feedback/toast';
import { exactJson } from '../../../words/exact-json';
import type { Identity } from '../names';
import { fieldTypesQuery } from '../queries';

interface EditFieldProps {
  identity: Identity;
  /** Left out for a new one. */
  name?: string;
  value: unknown;
  onClose: () => void;
}

type Kind = 'text' | 'json' | 'empty';

const KINDS = [
  { value: 'text', text: 'Text', hint: 'Also dates, such as 2026-11-21 or 2026-11-21T09:30:00Z.' },
  { value: 'json', text: 'Number, true or false, object or list', hint: 'Written as JSON.' },
  { value: 'empty', text: 'Nothing', hint: 'The field stays, and is null.' },
] as const satisfies { value: Kind; text: string; hint: string }[];

function kindOf(value: unknown): Kind {
  if (value === undefined || typeof value === 'string') return 'text';
  return value === null ? 'empty' : 'json';
}

/** Writes one field, so that what others change meanwhile in the rest of the profile stays. */
export function EditField({ identity, name: known, value, onClose }: EditFieldProps) {
  const [name, setName] = useState(known ?? '');
  const [kind, setKind] = useState<Kind>(kindOf(value));
  const [text, setText] = useState(
    typeof value === 'string'
      ? value
      : value === undefined || value === null
        ? ''
        : JSON.stringify(value, null, 2),
  );
  const [state, setState] = useState<{ isBusy?: boolean; nameError?: string; error?: string }>({});
  const { data: types = {} } = useQuery(fieldTypesQuery);
  const queries = useQueryClient();
  const type = Object.hasOwn(types, name) ? types[name] : undefined;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (name === '') return setState({ nameError: 'A field needs a name.' });
    let written: unknown;
    try {
      written = kind === 'text' ? text : kind === 'json' ? exactJson(text) : null;
    } catch {
      return setState({
        error: 'This is no JSON. Write 36, true, {"city": "Ulm"} or ["a"]; a text as Text.',
      });
    }
    setState({ isBusy: true });
    try {
      await api.POST('/api/users/update', { body: { ...identity, dataFields: { [name]: written } } });
      await queries.invalidateQueries({ queryKey: ['user'] });
      void queries.invalidateQueries({ queryKey: fieldTypesQuery.queryKey });
      toast(`Saved ${name}.`);
      onClose();
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <FormDialog
      title={known === undefined ? 'Add a field' : `Edit ${known}`}
      action="Save"
      busy="Saving…"
      isBusy={state.isBusy}
      error={kind === 'empty' ? state.error : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      {known === undefined && (
        <TextField
          label="Name"
          mono
          autoFocus
          maxLength={256}
          value={name}
          onChange={setName}
          error={state.nameError}
        />
      )}
      {type !== undefined && <p className="hint">Its first value, in any user, made this field a {type}.</p>}
      <SelectField label="Kind" value={kind} onChange={setKind} choices={KINDS} />
      {kind !== 'empty' && (
        <TextField
          label="Value"
          mono={kind === 'json'}
          rows={4}
          autoFocus={known !== undefined}
          value={text}
          onChange={setText}
          error={state.error}
        />
      )}
    </FormDialog>
  );
}
