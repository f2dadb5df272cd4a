import type { paths } from '../../../types/schema';
import type { Tone } from '../../ui/badge';
import { isolated, quoted } from '../../words/quoted';

export type ListedEntry =
  paths['/api/entries']['get']['responses'][200]['content']['application/json']['entries'][number];
export type EntryFilter = NonNullable<paths['/api/entries']['get']['parameters']['query']>;
export type Entry = paths['/api/entries/{id}']['get']['responses'][200]['content']['application/json'];

export const STATUS: Record<string, { tone: Tone; text: string }> = {
  accepted: { tone: 'plain', text: 'Accepted' },
  running: { tone: 'info', text: 'Under way' },
  completed: { tone: 'good', text: 'Completed' },
  exited: { tone: 'bad', text: 'Exited' },
  cancelled: { tone: 'off', text: 'Cancelled' },
};

type Named = Pick<ListedEntry, 'email' | 'userId'>;

/** Whose entry it is. Of a user who was erased nothing is left. */
export function userOf({ email, userId }: Named): string {
  return isolated(email ?? userId ?? 'Erased user');
}

/** The user's page; undefined once they are erased. */
export function hrefOfUser({ email, userId }: Named): string | undefined {
  if (email !== null && email !== '') return `/users/by-email/${encodeURIComponent(email)}`;
  return userId === null ? undefined : `/users/by-id/${encodeURIComponent(userId)}`;
}

export function hrefOfEntry(id: string): string {
  return `/entries/${encodeURIComponent(id)}`;
}

/** What an open entry waits for. */
export const WAITING: Record<string, string> = {
  delay: 'Waits for a time to pass',
  event: 'Waits for an event or a condition',
  window: 'Waits until the send window opens',
  callback: 'Waits for the endpoint to call back',
  retry: 'The endpoint did not take the request, which is repeated',
  answer: 'Waits for the endpoint’s answer',
  queue: 'Waits for its turn',
};

/** What comes at the end of that, before a relative time: “timeout in 3 days”. */
export const UNTIL: Record<string, string> = {
  delay: 'goes on',
  event: 'timeout',
  window: 'opens',
  callback: 'timeout',
  retry: 'next attempt',
};

/** The ways of a path that are no names of branches. */
const WAYS: Record<string, string> = {
  next: 'went on',
  failure: 'took the way of a failure',
  success: 'took the way of a success',
  timeout: 'took the way of a timeout',
  yes: 'took “Yes”',
  no: 'took “No”',
  otherwise: 'took “Otherwise”',
  exit: 'left here',
  held: 'held by the send window',
  skipped: 'skipped: the send window was closed',
  past: 'went on: the moment had passed',
  missing: 'went on: there was no such moment',
};

/** Which way a user took: “took “Yes””. */
export function wayText(way: string): string {
  if (Object.hasOwn(WAYS, way)) return WAYS[way]!;
  return /^\d+$/.test(way) ? `took way ${way}` : `took ${quoted(way)}`;
}
