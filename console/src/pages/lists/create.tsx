import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { messageOf } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { FormDialog } from '../../ui/overlays/form-dialog';

interface CreateListProps {
  onClose: () => void;
  onCreated: (id: number) => void;
}

export function CreateList({ onClose, onCreated }: CreateListProps) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; nameError?: string; error?: string }>({});
  const queries = useQueryClient();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === '') return setState({ nameError: 'A list needs a name.' });
    setState({ isBusy: true });
    try {
      const { listId } = await answerOf(api.POST('/api/lists', { body: { name, description } }));
      await queries.invalidateQueries({ queryKey: ['lists'] });
      onCreated(listId);
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <FormDialog
      title="New list"
      action="Create list"
      busy="Creating…"
      isBusy={state.isBusy}
      error={state.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        error={state.nameError}
        autoFocus
        maxLength={200}
      />
      <TextField
        label="Description"
        value={description}
        onChange={setDescription}
        maxLength={2_000}
        rows={2}
      />
    </FormDialog>
  );
}
