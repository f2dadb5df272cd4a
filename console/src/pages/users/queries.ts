import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { looking } from '../../api/looking';
import { exactJson } from '../../words/exact-json';
import type { paths } from '../../../types/schema';
import type { Identity } from './names';

export interface User {
  email: string;
  userId?: string;
  dataFields: Record<string, unknown>;
  tags?: string[];
}

export function keyOfUser(identity: Identity): string {
  return 'email' in identity ? `email ${identity.email}` : `userId ${identity.userId}`;
}

/** Undefined where there is no such user is null here: a query has an answer. Each digit of a number is kept. */
export const userQuery = (identity: Identity) =>
  queryOptions({
    queryKey: ['user', keyOfUser(identity), 'profile'],
    queryFn: async (): Promise<User | null> => {
      const options = { parseAs: 'text' } as const;
      const call =
        'email' in identity
          ? api.GET('/api/users/{email}', { params: { path: identity }, ...options })
          : api.GET('/api/users/byUserId/{userId}', { params: { path: identity }, ...options });
      const { user } = exactJson(await answerOf(call)) as { user?: User };
      return user ?? null;
    },
  });

export const detailsQuery = (identity: Identity) =>
  queryOptions({
    queryKey: ['user', keyOfUser(identity), 'details'],
    queryFn: () => answerOf(api.GET('/api/users/details', { params: { query: identity } })),
  });

/** The latest that the server lists. */
const MOST_EVENTS = 200;

export const eventsQuery = (identity: Identity) =>
  queryOptions({
    queryKey: ['user', keyOfUser(identity), 'events'],
    queryFn: async () => {
      const query = { limit: MOST_EVENTS };
      const call =
        'email' in identity
          ? api.GET('/api/events/{email}', { params: { path: identity, query } })
          : api.GET('/api/events/byUserId/{userId}', { params: { path: identity, query } });
      return (await answerOf(call)).events;
    },
    refetchInterval: looking(5_000),
  });

/** The types that fields have by their first use, in any user. */
export const fieldTypesQuery = queryOptions({
  queryKey: ['fields'],
  queryFn: async () => (await answerOf(api.GET('/api/users/getFields'))).fields,
});

export type Entry =
  paths['/api/entries']['get']['responses'][200]['content']['application/json']['entries'][number];

/** One page of the user's entries, the latest first. */
export async function entriesOf(identity: Identity, pageToken: string | undefined) {
  const query = { ...identity, pageSize: 100, ...(pageToken && { pageToken }) };
  const { entries, ...next } = await answerOf(api.GET('/api/entries', { params: { query } }));
  return { ...next, rows: entries };
}
