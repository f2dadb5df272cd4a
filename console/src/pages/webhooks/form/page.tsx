import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ApiFault } from '../../../api/client';
import { NotYet } from '../../../ui/feedback/not-yet';
import { Missing } from '../../../ui/feedback/missing';
import { Page } from '../../../ui/page';
// Comes with the page: else it would be asked for only when the page is there.
import '../../../ui/template-editor/editor';
import { WebhookForm } from './form';
import { readWebhook } from './save';

export function NewWebhook() {
  return <WebhookForm />;
}

/** One that is saved. It is read once: what is typed must not change under somebody's hands. */
export function EditWebhook() {
  const { id } = useParams({ from: '/shell/webhooks/$id' });
  const { data, error, refetch } = useQuery({
    queryKey: ['webhook', id],
    queryFn: () => readWebhook(Number(id)),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (data !== undefined) return <WebhookForm key={id} saved={data} />;
  const isNone = error instanceof ApiFault && (error.status === 404 || error.status === 400);
  return (
    <Page title="Journey Webhook" back={{ href: '/webhooks', text: 'Journey Webhooks' }}>
      {isNone ? <Missing /> : <NotYet error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}
