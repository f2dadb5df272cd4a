import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Page } from '../../ui/page';
import { DeliveryDetail, useDelivery } from './delivery';
import { senderOf } from './words';

export function DeliveryPage() {
  const { id } = useParams({ from: '/shell/deliveries/$id' });
  const { attempt } = useSearch({ from: '/shell/deliveries/$id' });
  const navigate = useNavigate({ from: '/deliveries/$id' });
  const { data } = useDelivery(id);
  return (
    <Page
      title={data === undefined ? 'Delivery' : `Delivery of ${senderOf(data)}`}
      back={{ href: '/deliveries', text: 'Deliveries' }}
    >
      <div className="card detail-page">
        <h2 className="sr">What was sent</h2>
        <DeliveryDetail
          id={id}
          attempt={attempt}
          onAttempt={(number) => void navigate({ search: { attempt: number }, replace: true })}
        />
      </div>
    </Page>
  );
}
