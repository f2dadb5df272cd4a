import { type FormEvent, useId, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { answerOf, api, fieldsOf } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { FormFailure } from '../../ui/feedback/failure';
import { SelectField, TextField } from '../../ui/forms/fields';
import { type Person, type Role, ROLES } from './words';

interface PersonFormProps {
  /** Left out, it is a new one. */
  person?: Person;
  onClose: () => void;
  onSaved: (person: Person) => void;
}

/** Adds a person, or changes one. */
export function PersonForm({ person, onClose, onSaved }: PersonFormProps) {
  const [draft, setDraft] = useState({
    email: person?.email ?? '',
    name: person?.name ?? '',
    role: (person?.role ?? 'viewer') as Role,
  });
  const id = useId();
  const save = useMutation({
    mutationFn: () =>
      person === undefined
        ? answerOf(api.POST('/api/people', { body: draft }))
        : answerOf(api.PUT('/api/people/{id}', { params: { path: { id: person.id } }, body: draft })),
    onSuccess: onSaved,
  });
  const faults = fieldsOf(save.error);
  const action = person === undefined ? 'Add and make a link' : 'Save';

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <Dialog
      title={person === undefined ? 'Add a person' : `Change ${person.name}`}
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isDisabled={save.isPending}>
            {save.isPending ? 'Saving…' : action}
          </Button>
        </>
      }
    >
      <form id={id} className="stack" noValidate onSubmit={submit}>
        <TextField
          label="Name"
          autoFocus
          isRequired
          value={draft.name}
          onChange={(name) => setDraft({ ...draft, name })}
          error={faults.name}
        />
        <TextField
          label="Email"
          type="email"
          isRequired
          hint="They sign in with it. Wayhook sends no mail to it."
          value={draft.email}
          onChange={(email) => setDraft({ ...draft, email })}
          error={faults.email}
        />
        <SelectField
          label="Role"
          choices={ROLES}
          hint={ROLES.find(({ value }) => value === draft.role)?.hint}
          value={draft.role}
          onChange={(role) => setDraft({ ...draft, role })}
          error={faults.role}
        />
        <FormFailure error={save.error} fields={['name', 'email', 'role']} />
      </form>
    </Dialog>
  );
}
