import { z } from 'zod';
import { Url } from './request-parts';

/** What an event webhook can be told of (B154; api.md, Event webhooks). A participant is a user. */
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
  .refine((types) => new Set(types).size === types.length, 'An event type stands here twice.');

/** It is called as it stands: a template in it could only ever be a mistake. */
const TargetUrl = Url.refine((text) => !text.includes('{{'), 'A target URL takes no template.');

/** An event webhook as a caller writes it (B152). */
export const EventWebhookInput = z.strictObject({
  name: z.string().trim().min(1, 'An event webhook needs a name.').max(200),
  targetUrl: TargetUrl,
  eventTypes: EventTypes,
  /** Off, nothing is told, and what is under way ends. */
  enabled: z.boolean().default(true),
  /** Whether the Secret Key goes along in a header, beside the signature made with it (C19). */
  sendSecretKey: z.boolean().default(true),
});
export type EventWebhookInput = z.infer<typeof EventWebhookInput>;
