import { z } from 'zod';
import { Url } from './request-parts';

/** The event types that an event webhook can subscribe to (B154; docs/event-webhooks.md). A participant is a user. */
export const EVENT_TYPES = [
  'participant.created',
  'participant.profileUpdated',
  'participant.tagsAdded',
  'message.sent',
  'journey.entered',
  'journey.completed',
  'journey.exited',
  'delivery.failed',
  'notification.created',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const EventTypes = z
  .array(z.enum(EVENT_TYPES, `An event type is one of: ${EVENT_TYPES.join(', ')}.`))
  .min(1, 'Choose one event type or more.')
  .refine((types) => new Set(types).size === types.length, 'An event type is listed twice.');

/** It is called as written, so a template in it can only be a mistake. */
const TargetUrl = Url.refine((text) => !text.includes('{{'), 'A target URL cannot contain templates.');

/** An event webhook as a caller writes it (B152). */
export const EventWebhookInput = z.strictObject({
  name: z.string().trim().min(1, 'An event webhook needs a name.').max(200),
  targetUrl: TargetUrl,
  eventTypes: EventTypes,
  /** When false, no events are sent, and event deliveries that are under way end. */
  enabled: z.boolean().default(true),
  /** Whether the Secret Key is sent in a header, in addition to the signature made with it (C19). */
  sendSecretKey: z.boolean().default(true),
});
export type EventWebhookInput = z.infer<typeof EventWebhookInput>;
