import type { paths } from '../../../types/schema';
import type { Choice } from '../../ui/forms/select-field';

type Answer<Path extends '/api/people' | '/api/apiKeys' | '/api/sessions' | '/api/auditLog'> =
  paths[Path]['get']['responses'][200]['content']['application/json'];

export type Person = Answer<'/api/people'>['people'][number];
export type ApiKey = Answer<'/api/apiKeys'>['apiKeys'][number];
export type OpenSession = Answer<'/api/sessions'>['sessions'][number];
export type Change = Answer<'/api/auditLog'>['changes'][number];

type Body<Path extends '/api/people' | '/api/apiKeys'> =
  paths[Path]['post']['requestBody']['content']['application/json'];
export type Role = Body<'/api/people'>['role'];
export type Scope = Body<'/api/apiKeys'>['scopes'][number];

export const ROLES: readonly Choice<Role>[] = [
  { value: 'viewer', text: 'Viewer', hint: 'Sees journeys, entries, users and lists.' },
  { value: 'marketer', text: 'Marketer', hint: 'Also builds journeys and sends users through them.' },
  { value: 'integrator', text: 'Integrator', hint: 'Also sees and changes webhooks: Manage Integrations.' },
  { value: 'admin', text: 'Administrator', hint: 'Everything, people and API keys too.' },
];

/** A role of a later version is called as it comes. */
export function roleText(role: string): string {
  return ROLES.find(({ value }) => value === role)?.text ?? role;
}

export const SCOPES: readonly (Choice<Scope> & { hint: string })[] = [
  { value: 'trigger', text: 'trigger', hint: 'Send users into journeys, update users, track events.' },
  { value: 'journeys', text: 'journeys', hint: 'Build and publish journeys, change lists.' },
  { value: 'integrations', text: 'integrations', hint: 'Webhooks, event webhooks, requests sent.' },
  { value: 'read', text: 'read', hint: 'Read everything, change nothing.' },
  { value: 'admin', text: 'admin', hint: 'Everything, people and API keys too.' },
];

const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const SYSTEMS = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

/** “Firefox on Linux”; what a program calls itself otherwise. */
export function browserText(userAgent: string | null): string {
  if (userAgent === null) return 'Unknown';
  const [browser, system] = [BROWSERS, SYSTEMS].map(
    (known) => known.find(([pattern]) => pattern.test(userAgent))?.[1],
  );
  if (browser === undefined) return userAgent;
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** What the audit log calls the kinds of things. */
export const KINDS: Record<string, string> = {
  apiKey: 'API key',
  entry: 'entry',
  eventWebhook: 'event webhook',
  inbox: 'inbox',
  journey: 'journey',
  list: 'list',
  notification: 'notification',
  person: 'person',
  session: 'session',
  user: 'user',
  webhook: 'webhook',
};

const DEEDS: Record<string, string> = {
  'session.create': 'Signed in',
  'session.delete': 'Ended a session',
  'person.invite': 'Made a one-time link for a person',
  'person.setPassword': 'Set a password',
  'entry.exit': 'Took an entry out',
  'journey.exitEntries': 'Took entries of a journey out',
  'journey.triggerList': 'Sent a list into a journey',
  'list.import': 'Imported a file onto a list',
  'user.import': 'Imported users',
  'notification.readAll': 'Marked all notifications as read',
  'notification.read': 'Marked a notification as read',
  'notification.unread': 'Marked a notification as unread',
};
const VERBS: Record<string, string> = {
  archive: 'Archived',
  create: 'Created',
  delete: 'Deleted',
  duplicate: 'Duplicated',
  empty: 'Emptied',
  erase: 'Erased',
  merge: 'Merged',
  publish: 'Published',
  rotateSecret: 'Rotated the secret of',
  simulate: 'Simulated',
  test: 'Tested',
  unpublish: 'Unpublished',
  update: 'Changed',
};

/** “Changed a webhook” for `webhook.update`; an action of a later version is called as it comes. */
export function deedText(action: string): string {
  const [kind = '', verb = ''] = action.split('.');
  const deed = DEEDS[action];
  if (deed !== undefined) return deed;
  const [what, did] = [KINDS[kind], VERBS[verb]];
  if (what === undefined || did === undefined) return action;
  return `${did} ${/^[aeiou]/i.test(what) ? 'an' : 'a'} ${what}`;
}

/** What was changed: by its name, else by its id. */
export function targetText({ type, id, name }: Change['target']): string {
  if (name !== null && name !== '') return name;
  return id === null ? '' : `${KINDS[type] ?? type} ${id}`;
}
