import { Badge } from '../../ui/badge';
import { Time } from '../../ui/time';
import { DELIVERY, type EventWebhook } from './words';

export function LastDelivery({ last }: { last: EventWebhook['lastDelivery'] }) {
  if (last === null) return <span className="none">None yet</span>;
  return (
    <>
      <DeliveryStatus status={last.status} /> <Time at={last.createdAt} />
    </>
  );
}

export function DeliveryStatus({ status }: { status: string }) {
  const { tone, text } = DELIVERY[status] ?? { tone: 'plain' as const, text: status };
  return <Badge tone={tone}>{text}</Badge>;
}
