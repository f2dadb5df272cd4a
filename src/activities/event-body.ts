import { writeJson } from '../domain/lossless-json';
import { type NotificationFacts, notificationTextOf } from '../domain/notification';
import type { EventDelivery } from '../db/event-webhooks/deliveries';

/** The body of an event's request: the same bytes for every event webhook (B160; docs/event-webhooks.md). */
export function renderEvent({ id, type, createdAt, data }: EventDelivery['event']): string {
  return writeJson({
    id,
    type,
    createdAt: new Date(createdAt).toISOString(),
    data: type === 'notification.created' ? withText(data) : data,
  });
}

/** The text of a notification is rendered when it is read, as in the API. */
function withText({ notification }: Record<string, unknown>): object {
  const { webhookName, journeyName, detail, ...rest } = notification as NotificationFacts &
    Record<string, unknown>;
  const { kind, tileId } = rest;
  const text = notificationTextOf({ kind, tileId, webhookName, journeyName, detail });
  return { notification: { ...rest, ...text } };
}
