import { SECRET_MARKER } from '../../domain/webhooks/secret';

/** A secret, by the id of its row: another row is another secret. It is shown as a marker. */
export class StoredSecret {
  constructor(readonly id: string) {}
}

/** Fields whose texts are words, names and ids of ours. The text of any other field may be a secret or personal. */
const WORDS = new Set([
  ...['id', 'name', 'type', 'status', 'method', 'destination', 'bodyType', 'header', 'clientId'],
  ...['source', 'eventName', 'field', 'is', 'timeZone', 'cron', 'at', 'for', 'per', 'next', 'onFailure'],
  ...['days', 'from', 'to', 'onClosed', 'event', 'offset', 'timeOfDay', 'onPast', 'onMissing'],
  ...['eventTypes', 'scopes', 'userFields', 'profileFields', 'path', 'category', 'action'],
  ...['jobId', 'entryId', 'timeout', 'onSuccess', 'onTimeout', 'role'],
]);

/** Fields that are URLs: a query may hold a credential. */
const URLS = new Set(['endpoint', 'url', 'targetUrl', 'tokenUrl']);

/** Fields that hold whatever people wrote, under names of their own. */
const OPAQUE = new Set(['body', 'payload', 'parameters']);

export function isOpaque(key: string | undefined): boolean {
  return key !== undefined && OPAQUE.has(key);
}

const LONGEST = 200;

/** What the audit log shows of the value of a field: no secret, and nothing that may be personal data. */
export function shown(key: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof StoredSecret) return SECRET_MARKER;
  if (OPAQUE.has(key)) return lengthOf(typeof value === 'string' ? value : JSON.stringify(value));
  if (typeof value === 'string') return shownText(key, value);
  if (Array.isArray(value)) return value.map((one) => shown(key, one));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(name, one)]));
}

function shownText(key: string, text: string): string {
  if (URLS.has(key)) return cut(text.replace(/[?#].*$/s, '?…'));
  return WORDS.has(key) ? cut(text) : lengthOf(text);
}

function cut(text: string): string {
  // By characters: half of a surrogate pair could not be stored.
  const characters = [...text];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST).join('')}…`;
}

function lengthOf(text: string): string {
  return `[${text.length} characters]`;
}
