import { type FormEvent, useId, useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api, ApiFault } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { messageOf } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';

/** Asks for the name of a new journey, and opens its empty draft. */
export function NewJourney({ onClose }: { onClose: () => void }) {
  const id = useId();
  const [name, setName] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; fault?: unknown }>({});
  const navigate = useNavigate();
  const queries = useQueryClient();
  const faults = state.fault instanceof ApiFault ? state.fault.fields : {};

  async function create(event: FormEvent) {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      const journey = await answerOf(api.POST('/api/journeys', { body: { name, tiles: [] } }));
      void queries.invalidateQueries({ queryKey: ['journeys'] });
      await navigate({ to: '/journeys/$id', params: { id: String(journey.id) } });
    } catch (fault) {
      setState({ fault });
    }
  }

  return (
    <Dialog
      title="New journey"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isDisabled={state.isBusy}>
            Create
          </Button>
        </>
      }
    >
      <form id={id} className="stack" onSubmit={(event) => void create(event)}>
        <TextField label="Name" autoFocus value={name} onChange={setName} error={faults.name} />
        {state.fault !== undefined && faults.name === undefined && (
          <p className="error" role="alert">
            {messageOf(state.fault)}
          </p>
        )}
      </form>
    </Dialog>
  );
}
