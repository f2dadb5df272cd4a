import { type FormEvent, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ApiFault } from '../../../api/client';
import { messageOf } from '../../../ui/feedback/failure';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { FormDialog } from '../../../ui/overlays/form-dialog';
import { toast } from '../../../ui/feedback/toast';
import { Button } from '../../../ui/button';
import { Notice } from '../../../ui/feedback/notice';
import { exactJson } from '../../../words/exact-json';
import type { Identity } from '../names';
import { fieldTypesQuery } from '../queries';
import { isolated } from '../../../words/quoted';

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

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value, null, 2);
}

/** What the field has by now, where a write was refused because something else was written meanwhile. */
function valueNowIn(error: unknown, name: string): { value: unknown } | undefined {
  if (!(error instanceof ApiFault) || error.code !== 'Stale') return undefined;
  const fields = error.params?.fields as Record<string, unknown>;
  return { value: fields[name] };
}

/** Writes one field, so that what others change meanwhile in the rest of the profile stays. */
export function EditField({ identity, name: known, value, onClose }: EditFieldProps) {
  const [name, setName] = useState(known ?? '');
  const [kind, setKind] = useState<Kind>(kindOf(value));
  const [text, setText] = useState(textOf(value));
  const [state, setState] = useState<{ isBusy?: boolean; nameError?: string; error?: string }>({});
  /** What was shown: written over nothing else. */
  const [expected, setExpected] = useState<unknown>(value ?? null);
  const [theirs, setTheirs] = useState<{ value: unknown }>();
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
      await api.POST('/api/users/update', {
        body: { ...identity, dataFields: { [name]: written }, expected: { [name]: expected } },
      });
      await queries.invalidateQueries({ queryKey: ['user'] });
      void queries.invalidateQueries({ queryKey: fieldTypesQuery.queryKey });
      toast(`Saved ${isolated(name)}.`);
      onClose();
    } catch (error) {
      const now = valueNowIn(error, name);
      setTheirs(now);
      if (now) setExpected(now.value);
      setState(now ? {} : { error: messageOf(error) });
    }
  }

  function takeTheirs() {
    setKind(kindOf(theirs?.value));
    setText(textOf(theirs?.value));
    setTheirs(undefined);
  }

  return (
    <FormDialog
      title={known === undefined ? 'Add a field' : `Edit ${known}`}
      action={theirs ? 'Keep mine' : 'Save'}
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
      {theirs && (
        <Notice tone="warn" isNew>
          <p>Something else was written meanwhile, by a person or a program. It is now:</p>
          <code className="value">{theirs.value === null ? 'null' : textOf(theirs.value)}</code>
          <Button onPress={takeTheirs}>Take theirs</Button>
        </Notice>
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
