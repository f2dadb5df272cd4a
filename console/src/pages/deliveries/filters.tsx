import type { ReactNode } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../ui/button';
import { FilterChip } from '../../ui/grid/filter-chip';
import { ChoiceFilter, ReasonFilter, StatusFilter, UserFilter, type Value } from '../../watching/filters';
import { JourneyFilter, TileFilter, WebhookFilter } from '../../watching/place-filters';
import { SPAN_CHOICES, spanOf } from '../../words/since';
import { STATUS } from './words';
import { Tally, type TallyProps } from '../../ui/grid/tally';

/** Those of entries alone happen to no delivery. */
const OF_ENTRIES = ['exit_rule', 'superseded', 'invalid_start'];

interface FiltersProps {
  list: TallyProps['list'];
  children: ReactNode;
}

export function Filters({ list, children }: FiltersProps) {
  const { tab: _tab, open: _open, attempt: _attempt, ...filters } = useSearch({ from: '/shell/deliveries' });
  const { user, status, reason, webhook, journey, tile, entry, since } = filters;
  const navigate = useNavigate({ from: '/deliveries' });
  const set = (changes: Record<string, Value>, replace = false) =>
    void navigate({
      search: (before) => ({ ...before, ...changes, open: undefined, attempt: undefined }),
      replace,
    });
  return (
    <div className="filters">
      {/* What is typed is one step back, whatever its length. */}
      <UserFilter value={user} onChange={(typed) => set({ user: typed }, user !== undefined)} />
      <StatusFilter statuses={STATUS} value={status} onChange={(chosen) => set({ status: chosen })} />
      <ReasonFilter value={reason} except={OF_ENTRIES} onChange={(chosen) => set({ reason: chosen })} />
      <WebhookFilter value={webhook} onChange={(chosen) => set({ webhook: chosen })} />
      <JourneyFilter value={journey} onChange={(chosen) => set({ journey: chosen, tile: undefined })} />
      <TileFilter journey={journey} value={tile} onChange={(chosen) => set({ tile: chosen })} />
      <ChoiceFilter
        label="Time"
        any="Any time"
        choices={SPAN_CHOICES}
        value={spanOf(since)}
        onChange={(chosen) => set({ since: chosen })}
      />
      {entry !== undefined && <FilterChip onClear={() => set({ entry: undefined })}>of one entry</FilterChip>}
      {Object.keys(filters).length > 0 && (
        <Button look="quiet" onPress={() => void navigate({ search: {} })}>
          Clear
        </Button>
      )}
      {children}
      <Tally list={list} one="delivery" many="deliveries" />
    </div>
  );
}
