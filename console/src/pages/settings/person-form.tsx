import { type FormEvent, useId, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { answerOf, api, fieldsOf } from '../../api/client';
import { ifMatch, staleIn } from '../../api/revisions';
import { Button } from '../../ui/button';
import { Conflict } from '../../ui/overlays/conflict';
import { Dialog } from '../../ui/overlays/dialog';
import { FormFailure } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { SelectField } from '../../ui/forms/select-field';
import { type Person, type Role, ROLES } from './words';
import { isolated } from '../../words/quoted';

interface PersonFormProps {
  /** Left out, it is a new one. */
  person?: Person;
  onClose: () => void;
  onSaved: (person: Person) => void;
  /** Somebody else changed them, and it stays as it is now. */
  onTakeTheirs?: () => Promise<void>;
}

/** Adds a person, or changes one. */
export function PersonForm({
  person,
  onClose,
  onSaved,
  onTakeTheirs = async () => undefined,
}: PersonFormProps) {
  const [draft, setDraft] = useState({
    email: person?.email ?? '',
    name: person?.name ?? '',
    role: (person?.role ?? 'viewer') as Role,
  });
  const id = useId();
  const save = useMutation({
    // The list may be loaded again while the form is open: what it showed at first counts.
    mutationFn: (known: number | undefined) =>
      person === undefined || known === undefined
        ? answerOf(api.POST('/api/people', { body: draft }))
        : answerOf(
            api.PUT('/api/people/{id}', {
              params: { path: { id: person.id }, header: ifMatch(known) },
              body: draft,
            }),
          ),
    onSuccess: onSaved,
  });
  const [shown] = useState(person?.revision);
  const stale = staleIn(save.error);
  const faults = fieldsOf(save.error);
  const action = person === undefined ? 'Add and make a link' : 'Save';

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate(shown);
  }

  if (stale) {
    return (
      <Conflict
        what="this person"
        stale={stale}
        choices={[
          { text: 'Take theirs', run: onTakeTheirs },
          { text: 'Keep mine', look: 'danger', run: save.mutateAsync },
        ]}
        onClose={save.reset}
      >
        “Take theirs” closes the form; “Keep mine” saves it in place of theirs.
      </Conflict>
    );
  }

  return (
    <Dialog
      title={person === undefined ? 'Add a person' : `Change ${isolated(person.name)}`}
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
