import { type FormEvent, useId, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/failure';
import { TextField } from '../../ui/fields';
import type { Named } from './names';

interface AddUserProps {
  onClose: () => void;
  onAdded: (user: Named) => void;
}

export function AddUser({ onClose, onAdded }: AddUserProps) {
  const [email, setEmail] = useState('');
  const [userId, setUserId] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});
  const queries = useQueryClient();
  const form = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const named = { email: email.trim() || null, userId: userId.trim() || null };
    setState({ isBusy: true });
    try {
      await api.POST('/api/users/update', { body: named });
      await queries.invalidateQueries({ queryKey: ['users'] });
      onAdded(named);
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <Dialog
      title="Add a user"
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} isBusy={state.isBusy}>
            {state.isBusy ? 'Adding…' : 'Add'}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={(event) => void submit(event)}>
        <p className="hint">One of the two is enough. Journeys that begin with a new user begin.</p>
        <TextField label="Email" type="text" inputMode="email" autoFocus value={email} onChange={setEmail} />
        <TextField label="userId" mono value={userId} onChange={setUserId} />
        {state.error !== undefined && (
          <p className="error" role="alert">
            {state.error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
