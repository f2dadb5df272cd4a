import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { answerOf, api, ApiFault } from '../../api/client';
import { BackLink } from '../../ui/back-link';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { Fact, Facts } from '../../ui/facts';
import { Failure, messageOf } from '../../ui/feedback/failure';
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

export function EventWebhookPage() {
  const { id } = useParams({ from: '/shell/event-webhooks/$id' });
  const { data, error, refetch } = useQuery({ ...eventWebhookQuery(Number(id)), refetchInterval: 5_000 });
  if (data === undefined) {
    return (
      <Page title="Event webhook">
        <BackLink href="/event-webhooks">Event Webhooks</BackLink>
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return <Known webhook={data} />;
}

type Open = 'rotate' | 'delete' | 'test' | { secretKey: string };

function Known({ webhook }: { webhook: EventWebhook }) {
  const { id, name, targetUrl, eventTypes, enabled, sendSecretKey, revision } = webhook;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const [fault, setFault] = useState<string>();
  const close = () => setOpen(undefined);
  const params = { path: { id }, header: { 'if-match': `"${revision}"` } };
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['event-webhook', id] }),
      queries.invalidateQueries({ queryKey: ['event-webhooks'] }),
    ]);

  async function turn() {
    try {
      const body = {
        name,
        targetUrl,
        eventTypes: eventTypes as EventType[],
        sendSecretKey,
        enabled: !enabled,
      };
      await api.PUT('/api/eventWebhooks/{id}', { params, body });
      setFault(undefined);
      toast(enabled ? 'Turned off.' : 'Turned on.');
    } catch (error) {
      const isStale = error instanceof ApiFault && error.code === 'Stale';
      setFault(
        isStale
          ? 'Somebody changed it meanwhile. This page shows it as it is now: look, and try again.'
          : messageOf(error),
      );
    }
    await refresh();
  }

  async function rotate() {
    const { secretKey } = await answerOf(
      api.POST('/api/eventWebhooks/{id}/rotateSecret', { params: { path: { id } } }),
    );
    setOpen({ secretKey });
  }

  async function remove() {
    await api.DELETE('/api/eventWebhooks/{id}', { params });
    toast(`Deleted ${name}.`);
    queries.removeQueries({ queryKey: ['event-webhook', id] });
    await queries.invalidateQueries({ queryKey: ['event-webhooks'] });
    await navigate({ to: '/event-webhooks' });
  }

  return (
    <Page
      title={name}
      isFull
      beside={<Badge tone={enabled ? 'good' : 'off'}>{enabled ? 'On' : 'Off'}</Badge>}
      actions={
        <>
          <ActionMenu
            label="More"
            actions={[
              { id: 'turn', text: enabled ? 'Turn off' : 'Turn on', run: () => void turn() },
              { id: 'rotate', text: 'Rotate the Secret Key', run: () => setOpen('rotate') },
              { id: 'delete', text: 'Delete', isDanger: true, run: () => setOpen('delete') },
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
        <BackLink href="/event-webhooks">Event Webhooks</BackLink>
        {fault !== undefined && (
          <Notice tone="bad" isNew>
            {fault}
          </Notice>
        )}
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
      {open === 'delete' && (
        <Confirm title={`Delete ${name}?`} action="Delete" onConfirm={remove} onClose={close}>
          <p>
            Nothing more is sent, retries under way included. Its deliveries stay in the list of deliveries.
            This cannot be undone.
          </p>
        </Confirm>
      )}
      {typeof open === 'object' && (
        <SecretOnce title="The new Secret Key" label="Secret Key" secret={open.secretKey} onClose={close}>
          The old key signs too for 24 hours. Give this one to the receiver within that time.
        </SecretOnce>
      )}
    </Page>
  );
}
