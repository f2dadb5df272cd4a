/** Every action of the audit log: a kind of thing, and what was done with it (docs/audit-log.md). */
export const ACTIONS = [
  'apiKey.create',
  'apiKey.delete',
  'entry.exit',
  'eventWebhook.create',
  'eventWebhook.delete',
  'eventWebhook.rotateSecret',
  'eventWebhook.test',
  'eventWebhook.update',
  'inbox.empty',
  'journey.archive',
  'journey.create',
  'journey.exitEntries',
  'journey.publish',
  'journey.test',
  'journey.simulate',
  'journey.triggerList',
  'journey.unpublish',
  'journey.update',
  'list.create',
  'list.delete',
  'list.import',
  'notification.read',
  'notification.readAll',
  'notification.unread',
  'person.create',
  'person.delete',
  'person.invite',
  'person.setPassword',
  'person.update',
  'session.create',
  'session.delete',
  'user.erase',
  'user.import',
  'user.merge',
  'webhook.create',
  'webhook.delete',
  'webhook.duplicate',
  'webhook.rotateSecret',
  'webhook.test',
  'webhook.update',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Who changes something: an API key, a person who signed in, or Wayhook itself. */
export interface Actor {
  type: 'key' | 'person' | 'system';
  id: number | null;
  name: string;
}

/** Who changes something, and by which request, whose id the log has too. */
export interface Author {
  actor: Actor;
  requestId: string | null;
}

/** The author of what Wayhook does by itself, such as installing the demo. */
export const SYSTEM: Author = { actor: { type: 'system', id: null, name: 'system' }, requestId: null };

/** A field of a thing before and after; null where it had, or has, none. */
export interface FieldChange {
  path: string;
  before: unknown;
  after: unknown;
}
