import { type FormEvent, useId, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { answerOf, api, fieldsOf } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { FormFailure } from '../../ui/feedback/failure';
import { CheckField, TextField } from '../../ui/forms/fields';
import { type Scope, SCOPES } from './words';

interface ApiKeyFormProps {
  onClose: () => void;
  onMade: (made: { name: string; key: string }) => void;
}

/** Only an administrator comes here, and has all scopes to give. */
export function ApiKeyForm({ onClose, onMade }: ApiKeyFormProps) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['trigger']);
  const id = useId();
  const create = useMutation({
    mutationFn: () => answerOf(api.POST('/api/apiKeys', { body: { name, scopes: [...scopes] } })),
    onSuccess: onMade,
  });
  const faults = fieldsOf(create.error);

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }

  function toggle(scope: Scope, isWanted: boolean) {
    const others = scopes.filter((given) => given !== scope);
    setScopes(isWanted ? [...others, scope] : others);
  }

  return (
    <Dialog
      title="Create an API key"
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isDisabled={create.isPending}>
            {create.isPending ? 'Creating…' : 'Create'}
          </Button>
        </>
      }
    >
      <form id={id} className="stack" noValidate onSubmit={submit}>
        <TextField
          label="Name"
          hint="Of the program that uses it. The audit log shows it."
          autoFocus
          isRequired
          value={name}
          onChange={setName}
          error={faults.name}
        />
        <fieldset className="stack scopes">
          <legend className="label">Scopes</legend>
          {SCOPES.map(({ value, text, hint }) => (
            <CheckField
              key={value}
              label={text}
              hint={hint}
              checked={scopes.includes(value)}
              onChange={(isWanted) => toggle(value, isWanted)}
            />
          ))}
          {faults.scopes !== undefined && (
            <p className="error" role="alert">
              {faults.scopes}
            </p>
          )}
        </fieldset>
        <FormFailure error={create.error} fields={['name', 'scopes']} />
      </form>
    </Dialog>
  );
}
