import { type FormEvent, useId, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/failure';
import { TextField } from '../../ui/fields';
import { toast } from '../../ui/toast';
import type { Identity } from './names';
import type { User } from './queries';

interface ChangeEmailProps {
  identity: Identity;
  user: User;
  onClose: () => void;
  onChanged: (email: string) => void;
}

/** The user keeps entries, events and lists. */
export function ChangeEmail({ identity, user, onClose, onChanged }: ChangeEmailProps) {
  const [email, setEmail] = useState(user.email);
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});
  const queries = useQueryClient();
  const form = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const newEmail = email.trim();
    if (newEmail === '') return setState({ error: 'Type an email.' });
    setState({ isBusy: true });
    try {
      const current =
        'email' in identity ? { currentEmail: identity.email } : { currentUserId: identity.userId };
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
    <Dialog
      title={user.email === '' ? 'Set an email' : 'Change the email'}
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} isBusy={state.isBusy}>
            {state.isBusy ? 'Saving…' : 'Save'}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={(event) => void submit(event)}>
        <p className="hint">The user keeps entries, events and lists.</p>
        <TextField
          label="Email"
          autoFocus
          inputMode="email"
          value={email}
          onChange={setEmail}
          error={state.error}
        />
      </form>
    </Dialog>
  );
}
