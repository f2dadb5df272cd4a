import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { ifMatch, type Stale, staleIn } from '../../api/revisions';
import { NotYet } from '../../ui/feedback/not-yet';
import { Page } from '../../ui/page';
import { SecretOnce } from '../../ui/overlays/secret-once';
import { toast } from '../../ui/feedback/toast';
import { Conflict } from '../../ui/overlays/conflict';
import { type Draft, EventWebhookForm } from './form';
import { eventWebhookQuery } from './queries';
import { type EventType, type EventWebhook, originOf } from './words';
import { isolated } from '../../words/quoted';

export function EditEventWebhook() {
  const { id } = useParams({ from: '/shell/event-webhooks/$id/edit' });
  // As it was when the form was opened: what others save meanwhile is found when this is saved.
  const { data, error, refetch } = useQuery({
    ...eventWebhookQuery(Number(id)),
    queryKey: ['event-webhook', Number(id), 'edited'],
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Page
      title={data === undefined ? 'Edit an event webhook' : `Edit ${isolated(data.name)}`}
      back={{ href: `/event-webhooks/${id}`, text: data?.name ?? 'The event webhook' }}
    >
      {data === undefined ? (
        <NotYet error={error} onRetry={() => void refetch()} />
      ) : (
        // Another revision is another form.
        <Form key={data.revision} saved={data} reload={() => void refetch()} />
      )}
    </Page>
  );
}

function Form({ saved, reload }: { saved: EventWebhook; reload: () => void }) {
  const { id } = saved;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [conflict, setConflict] = useState<{ draft: Draft; stale: Stale }>();
  const [secretKey, setSecretKey] = useState<string>();
  const leave = () => void navigate({ to: '/event-webhooks/$id', params: { id: String(id) } });

  async function put(draft: Draft, revision: number) {
    const params = { path: { id }, header: ifMatch(revision) };
    const answer = await answerOf(api.PUT('/api/eventWebhooks/{id}', { params, body: draft }));
    await queries.invalidateQueries({ queryKey: ['event-webhook', id, 'now'] });
    void queries.invalidateQueries({ queryKey: ['event-webhooks'] });
    setConflict(undefined);
    if (typeof answer.secretKey === 'string') return setSecretKey(answer.secretKey);
    toast(`Saved ${isolated(draft.name)}.`);
    leave();
  }

  async function save(draft: Draft, revision = saved.revision) {
    try {
      await put(draft, revision);
    } catch (fault) {
      const stale = staleIn(fault);
      if (stale) setConflict({ draft, stale });
      throw fault;
    }
  }

  const { name, targetUrl, enabled, sendSecretKey } = saved;
  const eventTypes = saved.eventTypes as EventType[];
  return (
    <>
      <EventWebhookForm
        initial={{ name, targetUrl, eventTypes, enabled, sendSecretKey }}
        noteOf={(draft) =>
          originOf(draft.targetUrl) === originOf(targetUrl)
            ? undefined
            : 'Another host: saving makes a new Secret Key, and the old ones end at once.'
        }
        save={save}
        onCancel={leave}
      />
      {conflict !== undefined && (
        <Conflict
          what="this event webhook"
          stale={conflict.stale}
          choices={[
            { text: 'Take theirs', run: async () => reload() },
            { text: 'Keep mine', look: 'danger', run: (revision) => save(conflict.draft, revision) },
          ]}
          // A second conflict may have come meanwhile.
          onClose={() => setConflict((now) => (now === conflict ? undefined : now))}
        >
          “Take theirs” drops what you changed; “Keep mine” puts your form in place of theirs.
        </Conflict>
      )}
      {secretKey !== undefined && (
        <SecretOnce
          title="A new Secret Key"
          label="Secret Key"
          secret={secretKey}
          onClose={() => {
            setSecretKey(undefined);
            leave();
          }}
        >
          The target is another host, so there is a new key, and the old ones have ended. Give it to the
          receiver.
        </SecretOnce>
      )}
    </>
  );
}
