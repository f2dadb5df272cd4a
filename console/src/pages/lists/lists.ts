import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import type { paths } from '../../../types/schema';

export type List =
  paths['/api/lists']['get']['responses'][200]['content']['application/json']['lists'][number];

/** All lists. */
export const listsQuery = queryOptions({
  queryKey: ['lists'],
  queryFn: async () => (await answerOf(api.GET('/api/lists'))).lists,
});

/** How many users a list has, and which journeys need it. */
export const usageQuery = (id: number) =>
  queryOptions({
    queryKey: ['list', id, 'usage'],
    queryFn: () => answerOf(api.GET('/api/lists/{id}/usage', { params: { path: { id } } })),
  });
