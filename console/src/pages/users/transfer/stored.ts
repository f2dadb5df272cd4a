import type { QueryClient } from '@tanstack/react-query';
import type { Identity } from '../names';
import { detailsQuery, entriesOf, type Entry, eventsQuery, userQuery } from '../queries';

/** What the API shows of a user: profile, lists, consents, entries, and the latest events. */
export async function readUser(queries: QueryClient, identity: Identity): Promise<Blob> {
  const [user, details, events, entries] = await Promise.all([
    queries.fetchQuery(userQuery(identity)),
    queries.fetchQuery(detailsQuery(identity)),
    queries.fetchQuery(eventsQuery(identity)),
    allEntries(identity),
  ]);
  const text = JSON.stringify({ user, ...details, events, entries }, null, 2);
  return new Blob([text], { type: 'application/json' });
}

async function allEntries(identity: Identity): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let token: string | undefined = ''; token !== undefined;) {
    const page: Awaited<ReturnType<typeof entriesOf>> = await entriesOf(identity, token);
    found.push(...page.rows);
    token = page.nextPageToken;
  }
  return found;
}
