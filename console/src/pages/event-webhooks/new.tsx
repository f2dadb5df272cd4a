import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { Page } from '../../ui/page';
import { SecretOnce } from '../../ui/overlays/secret-once';
import { EventWebhookForm } from './form';

const EMPTY = { name: '', targetUrl: '', eventTypes: [], enabled: true, sendSecretKey: true };

export function NewEventWebhook() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [made, setMade] = useState<{ id: number; secretKey: string }>();
  return (
    <Page title="New event webhook" back={{ href: '/event-webhooks', text: 'Event Webhooks' }}>
      <EventWebhookForm
        initial={EMPTY}
        onCancel={() => void navigate({ to: '/event-webhooks' })}
        save={async (draft) => {
          setMade(await answerOf(api.POST('/api/eventWebhooks', { body: draft })));
          void queries.invalidateQueries({ queryKey: ['event-webhooks'] });
        }}
      />
      {made !== undefined && (
        <SecretOnce
          title="The Secret Key"
          label="Secret Key"
          secret={made.secretKey}
          onClose={() => {
            setMade(undefined);
            void navigate({ to: '/event-webhooks/$id', params: { id: String(made.id) }, replace: true });
          }}
        >
          Give it to the receiver: with it, it verifies that requests come from here and are unchanged.
        </SecretOnce>
      )}
    </Page>
  );
}
