import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { findJourneys, findWebhooks, useJourneys, useWebhooks } from '../api/names';
import { FilterChip } from '../ui/grid/filter-chip';
import { FilterSearch } from '../ui/grid/filter-search';
import { ChoiceFilter, type FilterProps, type Value } from './filters';
import { isolated, quoted } from '../words/quoted';

/* By journey, tile and webhook: each is chosen by its name, and then a chip until it is taken away. */

export function JourneyFilter({ value, onChange }: FilterProps) {
  const id = value === undefined ? undefined : Number(value);
  const name = useJourneys([id]).get(id ?? 0)?.name ?? `journey ${value}`;
  return (
    <FilterSearch
      label="Journey"
      any="Any journey"
      chip={value && `in ${isolated(name)}`}
      kind="journeys"
      load={findJourneys}
      onChange={onChange}
    />
  );
}

export function WebhookFilter({ value, onChange }: FilterProps) {
  const id = value === undefined ? undefined : Number(value);
  const name = useWebhooks([id]).get(id ?? 0)?.name ?? `webhook ${value}`;
  return (
    <FilterSearch
      label="Webhook"
      any="Any webhook"
      chip={value && `of ${isolated(name)}`}
      kind="webhooks"
      load={findWebhooks}
      onChange={onChange}
    />
  );
}

/** A tile of the journey that is chosen. */
export function TileFilter({ value, onChange, journey }: FilterProps & { journey: Value }) {
  const tiles = useTiles(journey);
  const [isChosenHere, setChosenHere] = useState(false);
  if (value !== undefined) {
    const name = tiles.find((tile) => tile.value === value)?.text ?? value;
    return (
      <FilterChip autoFocus={isChosenHere} onClear={() => onChange(undefined)}>
        {`at tile ${quoted(name)}`}
      </FilterChip>
    );
  }
  if (journey === undefined) return null;
  return (
    <ChoiceFilter
      label="Tile"
      any="Any tile"
      choices={tiles}
      value={value}
      onChange={(tile) => {
        setChosenHere(true);
        onChange(tile);
      }}
    />
  );
}

/** Those of the draft, and others that are published or where users still are. */
function useTiles(journey: Value) {
  const { data } = useQuery({
    queryKey: ['journey', journey, 'choice of tiles'],
    queryFn: async () => {
      const params = { path: { id: Number(journey) } };
      const [draft, counted] = await Promise.all([
        answerOf(api.GET('/api/journeys/{id}', { params })),
        answerOf(api.GET('/api/journeys/{id}/tiles', { params })),
      ]);
      const tiles = draft.tiles as { id: string; name?: string }[];
      const names = new Map(tiles.map(({ id, name }) => [id, name]));
      const ids = new Set([...names.keys(), ...counted.tiles.map(({ tileId }) => tileId)]);
      return [...ids].map((id) => ({ value: id, text: names.get(id) ?? id, hint: id }));
    },
    enabled: journey !== undefined,
    staleTime: 60_000,
  });
  return data ?? [];
}
