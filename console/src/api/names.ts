import { useMemo } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { paths } from '../../types/schema';
import type { Saved } from '../ui/forms/saved-field';
import { answerOf, api } from './client';

/* What webhooks and journeys are called. However many there are, only those that a page names are asked for, together. */

const SLOWLY = { staleTime: 60_000, placeholderData: keepPreviousData };
/** How many ids one call may ask for. */
const MOST = 200;
/** How many a choice shows; a part of the name finds the others. */
const CHOICES = 50;

export type WebhookName =
  paths['/api/journeyWebhooks/names']['get']['responses'][200]['content']['application/json']['webhooks'][number];

type Ids = readonly (number | undefined)[];

/** Webhooks by their ids, deleted ones too. */
export function useWebhooks(ids: Ids): ReadonlyMap<number, WebhookName> {
  return useNamed('webhooks', ids, async (id) => {
    const query = { id, pageSize: MOST };
    return (await answerOf(api.GET('/api/journeyWebhooks/names', { params: { query } }))).webhooks;
  });
}

/** Journeys by their ids, archived ones too. */
export function useJourneys(ids: Ids): ReadonlyMap<number, { id: number; name: string }> {
  return useNamed('journeys', ids, async (id) => {
    const query = { id, pageSize: MOST };
    return (await answerOf(api.GET('/api/journeys/names', { params: { query } }))).journeys;
  });
}

function useNamed<Row extends { id: number }>(
  kind: string,
  ids: Ids,
  load: (ids: number[]) => Promise<Row[]>,
): ReadonlyMap<number, Row> {
  const wanted = [...new Set(ids)].filter((id) => id !== undefined).sort((a, b) => a - b);
  const { data } = useQuery({
    queryKey: [kind, 'names', wanted],
    queryFn: async () => {
      const parts = [];
      for (let from = 0; from < wanted.length; from += MOST) parts.push(wanted.slice(from, from + MOST));
      return (await Promise.all(parts.map(load))).flat();
    },
    enabled: wanted.length > 0,
    ...SLOWLY,
  });
  return useMemo(() => new Map((data ?? []).map((row) => [row.id, row])), [data]);
}

/** Webhooks with this part in their name, for a choice. */
export async function findWebhooks(
  name: string,
  only: { dataRetrieval?: 'true'; method?: 'GET' } = {},
): Promise<Saved<number>[]> {
  const query = { pageSize: CHOICES, ...only, ...(name && { name }) };
  const { webhooks } = await answerOf(api.GET('/api/journeyWebhooks/names', { params: { query } }));
  return webhooks.map((found) => ({
    id: found.id,
    name: found.name,
    hint: `${found.method} · webhook ${found.id}`,
  }));
}

/** The same of journeys, archived ones too. */
export async function findJourneys(name: string): Promise<Saved<number>[]> {
  const query = { pageSize: CHOICES, ...(name && { name }) };
  const { journeys } = await answerOf(api.GET('/api/journeys/names', { params: { query } }));
  return journeys.map((found) => ({
    id: found.id,
    name: found.name,
    hint: `Journey ${found.id}${found.status === 'published' ? '' : `, ${found.status}`}`,
  }));
}
