import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../ui/button';
import { NewRows } from '../../ui/grid/new-rows';
import { ChoiceFilter, ReasonFilter, StatusFilter, UserFilter, type Value } from '../../watching/filters';
import { JourneyFilter, TileFilter, WebhookFilter } from '../../watching/place-filters';
import { STATUS } from './words';
import { Tally, type TallyProps } from '../../ui/grid/tally';

const TEST_CHOICES = [
  { value: 'false', text: 'Without test runs' },
  { value: 'true', text: 'Test runs only' },
];

interface FiltersProps {
  list: TallyProps['list'] & { newCount: number; showNew: () => void };
}

export function Filters({ list }: FiltersProps) {
  const { open: _open, ...filters } = useSearch({ from: '/shell/entries' });
  const { user, status, reason, webhook, journey, tile, test } = filters;
  const navigate = useNavigate({ from: '/entries' });
  const set = (changes: Record<string, Value>, replace = false) =>
    void navigate({ search: (before) => ({ ...before, ...changes, open: undefined }), replace });
  return (
    <div className="filters">
      {/* What is typed is one step back, whatever its length. */}
      <UserFilter value={user} onChange={(typed) => set({ user: typed }, user !== undefined)} />
      <StatusFilter statuses={STATUS} value={status} onChange={(chosen) => set({ status: chosen })} />
      <ReasonFilter value={reason} onChange={(chosen) => set({ reason: chosen })} />
      <WebhookFilter value={webhook} onChange={(chosen) => set({ webhook: chosen })} />
      <JourneyFilter value={journey} onChange={(chosen) => set({ journey: chosen, tile: undefined })} />
      <TileFilter journey={journey} value={tile} onChange={(chosen) => set({ tile: chosen })} />
      <ChoiceFilter
        label="Test runs"
        any="All runs"
        choices={TEST_CHOICES}
        value={test}
        onChange={(chosen) => set({ test: chosen })}
      />
      {Object.keys(filters).length > 0 && (
        <Button look="quiet" onPress={() => void navigate({ search: {} })}>
          Clear
        </Button>
      )}
      <NewRows count={list.newCount} onShow={list.showNew} />
      <Tally list={list} one="entry" many="entries" />
    </div>
  );
}
