import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { useSession } from '../../shell/session';
import type { ListNames } from '../../words/conditions';
import { useListNames } from './parts/known';

const SLOWLY = { staleTime: 60_000 };

/** What webhooks, lists and journeys are called; undefined where none is chosen. */
export interface Names {
  webhook: (id: number | undefined) => string | undefined;
  journey: (id: number | undefined) => string | undefined;
  lists: ListNames;
}

export function useNames(): Names {
  const session = useSession();
  const { data: webhooks } = useQuery({
    queryKey: ['webhooks', 'names'],
    queryFn: () => answerOf(api.GET('/api/journeyWebhooks', { params: { query: { pageSize: 200 } } })),
    enabled: session?.manageIntegrations ?? false,
    ...SLOWLY,
  });
  const { data: journeys } = useQuery({
    queryKey: ['journeys', 'names'],
    queryFn: () => answerOf(api.GET('/api/journeys', { params: { query: { pageSize: 50 } } })),
    ...SLOWLY,
  });
  const lists = useListNames();
  return useMemo(
    () => ({
      webhook: naming('Webhook', webhooks?.webhooks),
      journey: naming('Journey', journeys?.journeys),
      lists,
    }),
    [webhooks, journeys, lists],
  );
}

function naming(what: string, known: { id: number; name: string }[] = []) {
  const names = new Map(known.map(({ id, name }) => [id, name]));
  return (id: number | undefined) => (id === undefined ? undefined : (names.get(id) ?? `${what} ${id}`));
}
