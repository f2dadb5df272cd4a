import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../ui/button';
import { FilterChip } from '../../ui/grid/filter-chip';
import { FilterSelect } from '../../ui/grid/filter-select';
import { NewRows } from '../../ui/grid/new-rows';
import { SearchBox } from '../../ui/grid/search-box';
import { reasonChoices } from '../../words/reasons';
import { type ListedEntry, STATUS } from './words';

const ANY = 'any';
const STATUS_CHOICES = [
  { value: ANY, text: 'Any status' },
  ...Object.entries(STATUS).map(([value, { text }]) => ({ value, text })),
];
const REASON_CHOICES = [{ value: ANY, text: 'Any reason' }, ...reasonChoices()];
const TEST_CHOICES = [
  { value: ANY, text: 'All runs' },
  { value: 'false', text: 'Without test runs' },
  { value: 'true', text: 'Test runs only' },
];

interface FiltersProps {
  list: { rows: readonly ListedEntry[]; hasMore: boolean; newCount: number; showNew: () => void };
}

export function Filters({ list: { rows, hasMore, newCount, showNew } }: FiltersProps) {
  const search = useSearch({ from: '/shell/entries' });
  const { user, status, reason, journey, tile, test } = search;
  const navigate = useNavigate({ from: '/entries' });
  const set = (name: string, value: string | undefined) =>
    void navigate({
      search: (before) => ({ ...before, [name]: value === ANY ? undefined : value, open: undefined }),
      replace: true,
    });
  return (
    <div className="filters">
      <SearchBox
        label="Email or userId"
        value={user ?? ''}
        onChange={(typed) => set('user', typed.trim() || undefined)}
      />
      <FilterSelect
        label="Status"
        value={status ?? ANY}
        choices={STATUS_CHOICES}
        onChange={(value) => set('status', value)}
      />
      <FilterSelect
        label="Reason"
        value={reason ?? ANY}
        choices={REASON_CHOICES}
        onChange={(value) => set('reason', value)}
      />
      <FilterSelect
        label="Test runs"
        value={test ?? ANY}
        choices={TEST_CHOICES}
        onChange={(value) => set('test', value)}
      />
      {journey !== undefined && (
        <FilterChip onClear={() => set('journey', undefined)}>
          {`in ${rows[0]?.journeyName ?? `journey ${journey}`}`}
        </FilterChip>
      )}
      {tile !== undefined && (
        <FilterChip onClear={() => set('tile', undefined)}>{`at tile “${tile}”`}</FilterChip>
      )}
      {[user, status, reason, test].some((value) => value !== undefined) && (
        <Button look="quiet" onPress={() => void navigate({ search: {} })}>
          Clear
        </Button>
      )}
      <NewRows count={newCount} onShow={showNew} />
      <span className="tally" role="status">
        {rows.length.toLocaleString('en')}
        {hasMore && '+'} {rows.length === 1 && !hasMore ? 'entry' : 'entries'}
      </span>
    </div>
  );
}
