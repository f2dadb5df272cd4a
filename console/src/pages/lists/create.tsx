import { type FormEvent, useId, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/failure';
import { TextField } from '../../ui/fields';

interface CreateListProps {
  onClose: () => void;
  onCreated: (id: number) => void;
}

export function CreateList({ onClose, onCreated }: CreateListProps) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; nameError?: string; error?: string }>({});
  const queries = useQueryClient();
  const form = useId();

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
    <Dialog
      title="New list"
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} isBusy={state.isBusy}>
            {state.isBusy ? 'Creating…' : 'Create list'}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={(event) => void submit(event)}>
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
        {state.error !== undefined && (
          <p className="error" role="alert">
            {state.error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
