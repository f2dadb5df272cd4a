import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';

/** How often an open entry is looked at. */
const LOOK_MS = 5_000;

export const entryKey = (id: string) => ['entry', id] as const;

export function useEntry(id: string) {
  return useQuery({
    queryKey: entryKey(id),
    queryFn: () => answerOf(api.GET('/api/entries/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.endedAt === null ? LOOK_MS : false),
  });
}
