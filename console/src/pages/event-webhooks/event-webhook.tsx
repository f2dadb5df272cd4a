import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { looking } from '../../api/looking';
import { ifMatch } from '../../api/revisions';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { Fact, Facts } from '../../ui/facts';
import { NotYet } from '../../ui/feedback/not-yet';
import { ActionMenu } from '../../ui/overlays/menu';
import { Notice } from '../../ui/feedback/notice';
import { Page } from '../../ui/page';
import { SecretOnce } from '../../ui/overlays/secret-once';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { Deliveries } from './deliveries';
import { LastDelivery } from './last-delivery';
import { eventWebhookQuery } from './queries';
import { TestDialog } from './test';
import type { EventType, EventWebhook } from './words';
import { isolated } from '../../words/quoted';

const BACK = { href: '/event-webhooks', text: 'Event Webhooks' };

export function EventWebhookPage() {
  const { id } = useParams({ from: '/shell/event-webhooks/$id' });
  const { data, error, refetch } = useQuery({
    ...eventWebhookQuery(Number(id)),
    refetchInterval: looking(5_000),
  });
  if (data === undefined) {
    return (
      <Page title="Event webhook" back={BACK}>
        <NotYet error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return <Known webhook={data} />;
}

/** What is open; what cannot be taken back is asked about the webhook as it was shown then. */
type Open = 'rotate' | 'test' | { ask: 'turn' | 'delete'; shown: EventWebhook } | { secretKey: string };

function Known({ webhook }: { webhook: EventWebhook }) {
  const { id, name, targetUrl, eventTypes, enabled, sendSecretKey } = webhook;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const asked = typeof open === 'object' && 'ask' in open ? open : undefined;
  const secretKey = typeof open === 'object' && 'secretKey' in open ? open.secretKey : undefined;
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['event-webhook', id] }),
      queries.invalidateQueries({ queryKey: ['event-webhooks'] }),
    ]);

  /** What others changed meanwhile in the rest stays. */
  async function turn(shown: EventWebhook, now = shown.revision) {
    const read = await answerOf(api.GET('/api/eventWebhooks/{id}', { params: { path: { id } } }));
    const { name, targetUrl, sendSecretKey } = read;
    const kept = { name, targetUrl, sendSecretKey, eventTypes: read.eventTypes as EventType[] };
    await api.PUT('/api/eventWebhooks/{id}', {
      params: { path: { id }, header: ifMatch(now) },
      body: { ...kept, enabled: !shown.enabled },
    });
    toast(shown.enabled ? 'Turned off.' : 'Turned on.');
    await refresh();
  }

  async function rotate() {
    const made = await answerOf(
      api.POST('/api/eventWebhooks/{id}/rotateSecret', { params: { path: { id } } }),
    );
    setOpen({ secretKey: made.secretKey });
  }

  async function remove(shown: EventWebhook, now = shown.revision) {
    await api.DELETE('/api/eventWebhooks/{id}', { params: { path: { id }, header: ifMatch(now) } });
    toast(`Deleted ${isolated(name)}.`);
    queries.removeQueries({ queryKey: ['event-webhook', id] });
    await queries.invalidateQueries({ queryKey: ['event-webhooks'] });
    await navigate({ to: '/event-webhooks' });
  }

  return (
    <Page
      title={name}
      back={BACK}
      isFull
      beside={<Badge tone={enabled ? 'good' : 'off'}>{enabled ? 'On' : 'Off'}</Badge>}
      actions={
        <>
          <ActionMenu
            label="More"
            actions={[
              {
                id: 'turn',
                text: enabled ? 'Turn off…' : 'Turn on…',
                run: () => setOpen({ ask: 'turn', shown: webhook }),
              },
              { id: 'rotate', text: 'Rotate the Secret Key', run: () => setOpen('rotate') },
              {
                id: 'delete',
                text: 'Delete',
                isDanger: true,
                run: () => setOpen({ ask: 'delete', shown: webhook }),
              },
            ]}
          >
            <Button>More</Button>
          </ActionMenu>
          <Button onPress={() => setOpen('test')}>Send a test</Button>
          <Button
            look="primary"
            onPress={() => void navigate({ to: '/event-webhooks/$id/edit', params: { id: String(id) } })}
          >
            Edit
          </Button>
        </>
      }
    >
      <div className="stack">
        {!enabled && (
          <Notice tone="warn">It is turned off: nothing is sent, and events are not kept for later.</Notice>
        )}
        <Facts>
          <Fact name="Target URL">
            <code>{targetUrl}</code>
          </Fact>
          <Fact name="Event Types">{eventTypes.join(', ')}</Fact>
          <Fact name="Secret Key">{sendSecretKey ? 'Signs, and is sent in a header' : 'Signs'}</Fact>
          <Fact name="Last delivery">
            <LastDelivery last={webhook.lastDelivery} />
          </Fact>
          <Fact name="Updated">
            <Time at={webhook.updatedAt} />
          </Fact>
        </Facts>
      </div>
      <Deliveries id={id} />
      {open === 'test' && <TestDialog id={id} onClose={close} />}
      {open === 'rotate' && (
        <Confirm
          title="Rotate the Secret Key?"
          action="Rotate"
          onConfirm={rotate}
          onClose={() => setOpen((now) => (now === 'rotate' ? undefined : now))}
        >
          <p>
            A new key is made and shown once. For 24 hours the old key signs too, so that you can change the
            receiver meanwhile. The header X-Wayhook-Secret-Key has the new key at once.
          </p>
        </Confirm>
      )}
      {asked?.ask === 'turn' && (
        <Confirm
          title={asked.shown.enabled ? `Turn ${isolated(name)} off?` : `Turn ${isolated(name)} on?`}
          action={asked.shown.enabled ? 'Turn off' : 'Turn on'}
          isHarmless
          onConfirm={(now) => turn(asked.shown, now)}
          onClose={close}
        >
          <p>
            {asked.shown.enabled
              ? 'Nothing is sent while it is off, and events are not kept for later.'
              : 'Events from now on are sent to its target.'}
          </p>
        </Confirm>
      )}
      {asked?.ask === 'delete' && (
        <Confirm
          title={`Delete ${isolated(name)}?`}
          action="Delete"
          onConfirm={(now) => remove(asked.shown, now)}
          onClose={close}
        >
          <p>
            Nothing more is sent, retries under way included. Its deliveries stay in the list of deliveries.
            This cannot be undone.
          </p>
        </Confirm>
      )}
      {secretKey !== undefined && (
        <SecretOnce title="The new Secret Key" label="Secret Key" secret={secretKey} onClose={close}>
          The old key signs too for 24 hours. Give this one to the receiver within that time.
        </SecretOnce>
      )}
    </Page>
  );
}
