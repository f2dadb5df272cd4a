import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { messageOf } from '../../../ui/feedback/failure';
import { TextField } from '../../../ui/forms/fields';
import { FormDialog } from '../../../ui/overlays/form-dialog';
import { toast } from '../../../ui/feedback/toast';
import type { User } from '../queries';

interface ChangeEmailProps {
  user: User;
  onClose: () => void;
  onChanged: (email: string) => void;
}

/** The user keeps entries, events and lists. */
export function ChangeEmail({ user, onClose, onChanged }: ChangeEmailProps) {
  const [email, setEmail] = useState(user.email);
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});
  const queries = useQueryClient();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const newEmail = email.trim();
    if (newEmail === '') return setState({ error: 'Type an email.' });
    setState({ isBusy: true });
    try {
      const current = user.email === '' ? { currentUserId: user.userId! } : { currentEmail: user.email };
      await api.POST('/api/users/updateEmail', { body: { ...current, newEmail } });
      await queries.invalidateQueries({ queryKey: ['users'] });
      onClose();
      onChanged(newEmail);
      toast('Changed the email.');
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <FormDialog
      title={user.email === '' ? 'Set an email' : 'Change the email'}
      action="Save"
      busy="Saving…"
      isBusy={state.isBusy}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="hint">The user keeps entries, events and lists.</p>
      <TextField
        label="Email"
        autoFocus
        inputMode="email"
        value={email}
        onChange={setEmail}
        error={state.error}
      />
    </FormDialog>
  );
}
