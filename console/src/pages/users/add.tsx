import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { messageOf } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { FormDialog } from '../../ui/overlays/form-dialog';
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
    <FormDialog
      title="Add a user"
      action="Add"
      busy="Adding…"
      isBusy={state.isBusy}
      error={state.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="hint">One of the two is enough. Journeys that begin with a new user begin.</p>
      <TextField label="Email" type="text" inputMode="email" autoFocus value={email} onChange={setEmail} />
      <TextField label="userId" mono value={userId} onChange={setUserId} />
    </FormDialog>
  );
}
