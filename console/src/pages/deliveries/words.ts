import type { paths } from '../../../types/schema';
import type { Tone } from '../../ui/badge';
import { isolated } from '../../words/quoted';

export type ListedDelivery =
  paths['/api/deliveries']['get']['responses'][200]['content']['application/json']['deliveries'][number];
export type DeliveryFilter = NonNullable<paths['/api/deliveries']['get']['parameters']['query']>;
export type Delivery = paths['/api/deliveries/{id}']['get']['responses'][200]['content']['application/json'];
export type Attempt = Delivery['attempts'][number];

export const STATUS: Record<string, { tone: Tone; text: string }> = {
  pending: { tone: 'held', text: 'Pending' },
  delivered: { tone: 'good', text: 'Delivered' },
  failed: { tone: 'bad', text: 'Failed' },
};

export const OUTCOME: Record<string, { tone: Tone; text: string }> = {
  delivered: { tone: 'good', text: 'Delivered' },
  retry: { tone: 'warn', text: 'To be repeated' },
  unauthorized: { tone: 'warn', text: 'Fresh token needed' },
  giveUp: { tone: 'bad', text: 'Given up' },
};

type Sender = Pick<ListedDelivery, 'webhookName' | 'webhookId' | 'eventWebhookId'>;

/** Whose request it is. */
export function senderOf({ webhookName, webhookId, eventWebhookId }: Sender): string {
  if (webhookName !== null) return isolated(webhookName);
  if (webhookId !== null) return `Webhook ${webhookId}`;
  return eventWebhookId === null ? 'Inline webhook' : `Event webhook ${eventWebhookId}`;
}

/** Where that is edited; an inline webhook is a part of its tile. */
export function hrefOfSender({
  webhookId,
  eventWebhookId,
  journeyId,
  tileId,
}: Omit<Sender, 'webhookName'> & { journeyId: number | null; tileId: string | null }): string {
  if (webhookId !== null) return `/webhooks/${webhookId}`;
  if (eventWebhookId !== null) return `/event-webhooks/${eventWebhookId}`;
  return hrefOfTile(journeyId ?? 0, tileId);
}

export function hrefOfTile(journeyId: number, tileId: string | null): string {
  return `/journeys/${journeyId}${tileId === null ? '' : `?tile=${encodeURIComponent(tileId)}`}`;
}

export function hrefOfDelivery(id: string): string {
  return `/deliveries/${encodeURIComponent(id)}`;
}
