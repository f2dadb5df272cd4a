import type { paths } from '../../../types/schema';
import type { Tone } from '../../ui/badge';

export type EventWebhook =
  paths['/api/eventWebhooks']['get']['responses'][200]['content']['application/json']['eventWebhooks'][number];

type Written = NonNullable<paths['/api/eventWebhooks']['post']['requestBody']>['content']['application/json'];

export type EventType = Written['eventTypes'][number];

/** When each event is sent. */
export const EVENT_TYPES: Record<EventType, string> = {
  'participant.created': 'A user was created.',
  'participant.profileUpdated': 'An identifier or a field of a user changed, or tags were removed.',
  'participant.tagsAdded': 'Tags were added to a user.',
  'message.sent': 'A message was reported as sent.',
  'journey.entered': 'A user entered a journey.',
  'journey.completed': 'A user reached the end of a journey.',
  'journey.exited': 'A user left a journey before its end.',
  'delivery.failed': 'A delivery of a journey’s webhook failed.',
  'notification.created': 'There is a new notification, or a read one became unread.',
};

export const DELIVERY: Record<string, { tone: Tone; text: string }> = {
  pending: { tone: 'held', text: 'Pending' },
  delivered: { tone: 'good', text: 'Delivered' },
  failed: { tone: 'bad', text: 'Failed' },
};

/** The host that a URL leads to: a change of it makes a new Secret Key. */
export function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
