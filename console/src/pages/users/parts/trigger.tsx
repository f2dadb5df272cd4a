import { type FormEvent, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { answerOf, api } from '../../../api/client';
import { messageOf } from '../../../ui/feedback/failure';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { FormDialog } from '../../../ui/overlays/form-dialog';
import { toast } from '../../../ui/feedback/toast';
import { objectIn } from '../../../words/exact-json';
import type { Identity } from '../names';
import { quoted } from '../../../words/quoted';

interface TriggerProps {
  target: Identity | { listId: number; name: string };
  onClose: () => void;
}

/** Why a user was not let in, as the trigger call says it. */
const SKIPPED: Record<string, string> = {
  where: 'The user does not meet the condition of the journey’s entry source.',
  lifetimeLimit: 'The user has been in this journey as often as its limit allows.',
  simultaneousLimit: 'The user is in this journey as often at once as its limit allows.',
  reentry: 'The user may not enter this journey again yet.',
  suppressed: 'The user is on a suppression list of this journey.',
};

/** What the trigger call answers: an entry, the reason for none, or the job of a list. */
interface Triggered {
  entryId?: string;
  skipped?: string;
  jobId?: string;
}

/** Sends a user, or everyone on a list, into a published journey. */
export function TriggerJourney({ target, onClose }: TriggerProps) {
  const [journeyId, setJourneyId] = useState<string>();
  const [data, setData] = useState('{}');
  const [state, setState] = useState<{ isBusy?: boolean; dataError?: string; error?: string }>({});
  const { data: journeys } = useQuery({ queryKey: ['journeys', 'published'], queryFn: publishedJourneys });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const isList = 'listId' in target;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (journeyId === undefined) return setState({ error: 'Choose a journey.' });
    const dataFields = objectIn(data);
    if (dataFields === undefined)
      return setState({ dataError: 'This is no JSON object, such as {"campaign": 7}.' });
    setState({ isBusy: true });
    try {
      const { name: _name, ...whom } = { name: undefined, ...target };
      const body = { workflowId: Number(journeyId), ...whom, dataFields };
      const { params } = await answerOf(api.POST('/api/workflows/triggerWorkflow', { body }));
      const { skipped, jobId } = (params ?? {}) as Triggered;
      if (jobId !== undefined) return void navigate({ to: '/jobs/$id', params: { id: jobId } });
      if (skipped !== undefined) return setState({ error: SKIPPED[skipped] ?? `Not let in: ${skipped}.` });
      toast('Sent into the journey.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['user'] });
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <FormDialog
      title={isList ? `Send ${quoted(target.name)} into a journey` : 'Send into a journey'}
      action={isList ? 'Send everyone' : 'Send'}
      busy="Sending…"
      isBusy={state.isBusy}
      error={state.error}
      isDisabled={journeys?.length === 0}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="hint">
        {isList
          ? 'Everyone who is on the list now enters, in the background. Webhooks are called for real.'
          : 'A real entry: webhooks are called for real.'}
      </p>
      {journeys?.length === 0 ? (
        <p>
          No journey is published yet. <Link to="/journeys">Go to the journeys</Link>
        </p>
      ) : (
        <SelectField
          label="Journey"
          placeholder="Choose a journey"
          value={journeyId}
          onChange={setJourneyId}
          choices={journeys ?? []}
          isDisabled={journeys === undefined}
        />
      )}
      <TextField
        label="Trigger data"
        hint="A JSON object. Templates read it as {{…}} beside the profile."
        mono
        rows={4}
        value={data}
        onChange={setData}
        error={state.dataError}
      />
    </FormDialog>
  );
}

/** As many as the server answers at a time. */
const PAGE_SIZE = 50;

async function publishedJourneys(): Promise<{ value: string; text: string }[]> {
  const found: { value: string; text: string }[] = [];
  for (let page = 1, isMore = true; isMore; page += 1) {
    const query = { page, pageSize: PAGE_SIZE, sort: '+name', state: 'Published' as const };
    const { journeys, nextPageUrl } = await answerOf(api.GET('/api/journeys', { params: { query } }));
    found.push(...journeys.map(({ id, name }) => ({ value: String(id), text: name })));
    isMore = nextPageUrl !== undefined && nextPageUrl !== null;
  }
  return found;
}
