import { useMemo } from 'react';
import { useJourneys, useWebhooks } from '../../api/names';
import type { ListNames } from '../../words/conditions';
import type { Tile } from './draft/draft';
import { useListNames } from './parts/known';
import { isolated } from '../../words/quoted';

/** What webhooks, lists and journeys are called; undefined where none is chosen. */
export interface Names {
  webhook: (id: number | undefined) => string | undefined;
  journey: (id: number | undefined) => string | undefined;
  lists: ListNames;
}

/** The names of what these tiles rely on. */
export function useNames(tiles: readonly Tile[]): Names {
  const webhooks = useWebhooks(tiles.map((tile) => ('webhookId' in tile ? tile.webhookId : undefined)));
  const journeys = useJourneys(tiles.map((tile) => ('journeyId' in tile ? tile.journeyId : undefined)));
  const lists = useListNames();
  return useMemo(
    () => ({ webhook: naming('Webhook', webhooks), journey: naming('Journey', journeys), lists }),
    [webhooks, journeys, lists],
  );
}

function naming(what: string, names: ReadonlyMap<number, { name: string }>) {
  return (id: number | undefined) =>
    id === undefined ? undefined : isolated(names.get(id)?.name ?? `${what} ${id}`);
}
