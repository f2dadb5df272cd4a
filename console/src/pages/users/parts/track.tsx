import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { messageOf } from '../../../ui/feedback/failure';
import { TextField } from '../../../ui/forms/fields';
import { FormDialog } from '../../../ui/overlays/form-dialog';
import { toast } from '../../../ui/feedback/toast';
import { objectIn } from '../../../words/exact-json';
import type { Identity } from '../names';
import { isolated } from '../../../words/quoted';

/** Tracks an event as a program would: journeys may begin, and waits end. */
export function TrackEvent({ identity, onClose }: { identity: Identity; onClose: () => void }) {
  const [eventName, setEventName] = useState('');
  const [data, setData] = useState('{}');
  const [state, setState] = useState<{
    isBusy?: boolean;
    nameError?: string;
    dataError?: string;
    error?: string;
  }>({});
  const queries = useQueryClient();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const dataFields = objectIn(data);
    if (eventName.trim() === '') return setState({ nameError: 'An event needs a name.' });
    if (dataFields === undefined)
      return setState({ dataError: 'This is no JSON object, such as {"page": "/prices"}.' });
    setState({ isBusy: true });
    try {
      await api.POST('/api/events/track', { body: { ...identity, eventName, dataFields } });
      await queries.invalidateQueries({ queryKey: ['user'] });
      toast(`Tracked ${isolated(eventName)}.`);
      onClose();
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <FormDialog
      title="Track an event"
      action="Track"
      busy="Tracking…"
      isBusy={state.isBusy}
      error={state.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="hint">As if a program had sent it: journeys may begin, and waits may end.</p>
      <TextField
        label="Event"
        autoFocus
        maxLength={255}
        value={eventName}
        onChange={setEventName}
        error={state.nameError}
      />
      <TextField
        label="Data"
        hint="A JSON object."
        mono
        rows={4}
        value={data}
        onChange={setData}
        error={state.dataError}
      />
    </FormDialog>
  );
}
