import { useCallback } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Button } from '../../ui/button';
import { WithDrawer } from '../../ui/overlays/drawer';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { FilterSelect } from '../../ui/grid/filter-select';
import { type Column, Grid } from '../../ui/grid/grid';
import { SearchBox } from '../../ui/grid/search-box';
import { Time } from '../../ui/time';
import { ChangeDrawer } from './change-drawer';
import { SettingsPage } from './settings-page';
import { type Change, deedText, KINDS, targetText } from './words';
import { isolated } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

const idOf = ({ id }: Change) => id;
const nameOf = ({ actor, action }: Change) => `${deedText(action)}, ${actor.name}`;
const columns: Column<Change>[] = [
  {
    id: 'action',
    title: 'What',
    width: 'minmax(180px, 2fr)',
    cell: ({ action, actor, target }) => (
      <>
        {deedText(action)}
        <span className="under">
          {isolated(actor.name)}
          {targetText(target) !== '' && ` · ${isolated(targetText(target))}`}
        </span>
      </>
    ),
  },
  {
    id: 'target',
    title: 'Of which',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: ({ target }) => <span title={targetText(target)}>{targetText(target)}</span>,
  },
  {
    id: 'actor',
    title: 'Who',
    width: 'minmax(120px, 1fr)',
    isWide: true,
    cell: ({ actor }) => <span title={`${actor.type} ${actor.id ?? ''}`}>{actor.name}</span>,
  },
  {
    id: 'fields',
    title: 'Fields',
    width: '72px',
    isWide: true,
    cell: ({ changes }) =>
      changes.length === 0 ? <span className="none">–</span> : changes.length.toLocaleString('en'),
  },
  { id: 'at', title: 'When', width: '104px', cell: ({ at }) => <Time at={at} /> },
];

const SINCE = [
  { value: '', text: 'Any time', hours: 0 },
  { value: '1d', text: 'Last 24 hours', hours: 24 },
  { value: '7d', text: 'Last 7 days', hours: 7 * 24 },
  { value: '30d', text: 'Last 30 days', hours: 30 * 24 },
];
const ACTIONS = [
  { value: '', text: 'Everything' },
  ...Object.entries(KINDS).map(([value, text]) => ({
    value,
    text: `${text[0]!.toUpperCase()}${text.slice(1)}`,
  })),
];

/** Who changed what. */
export function AuditLog() {
  const search = useSearch({ from: '/shell/settings/audit-log' });
  const { actor, action, target, since = '', open } = search;
  const navigate = useNavigate({ from: '/settings/audit-log' });
  const list = useRows({
    queryKey: ['auditLog', actor, action, target, since],
    load: async (pageToken) => {
      const query = { actor, action, target, since: beginOf(since), pageSize: 100, pageToken };
      const page = await answerOf(api.GET('/api/auditLog', { params: { query } }));
      return { ...page, rows: page.changes };
    },
    keyOf: idOf,
    isLive: true,
  });
  const set = useCallback(
    (changes: Partial<typeof search>) =>
      void navigate({ search: (before) => ({ ...before, ...changes }), replace: true }),
    [navigate],
  );
  const setActor = useCallback((typed: string) => set({ actor: typed || undefined }), [set]);
  const setTarget = useCallback((typed: string) => set({ target: typed || undefined }), [set]);
  const hrefOf = useCallback(
    ({ id }: Change) => `/settings/audit-log?${new URLSearchParams(filled({ ...search, open: String(id) }))}`,
    [search],
  );
  const shown = list.rows.find(({ id }) => String(id) === open);
  const isFiltered = [actor, action, target, since].some((filter) => filter);
  const actions =
    action === undefined || action in KINDS
      ? ACTIONS
      : [...ACTIONS, { value: action, text: deedText(action) }];
  const choices = isNaN(Date.parse(since)) ? SINCE : [...SINCE, { value: since, text: `Since ${since}` }];

  return (
    <SettingsPage title="Audit log" isFull>
      <div className="filters">
        <SearchBox label="Who: name or person:3" value={actor ?? ''} onChange={setActor} />
        <SearchBox label="Of which: name or webhook:7" value={target ?? ''} onChange={setTarget} />
        <FilterSelect
          label="What was done"
          value={action ?? ''}
          choices={actions}
          onChange={(value) => set({ action: value || undefined })}
        />
        <FilterSelect
          label="Since when"
          value={since}
          choices={choices}
          onChange={(value) => set({ since: value || undefined })}
        />
        {isFiltered && (
          <Button look="quiet" onPress={() => void navigate({ search: {} })}>
            Clear
          </Button>
        )}
        <Tally list={list} one="change" many="changes">
          {list.newCount > 0 && (
            <Button look="quiet" onPress={list.showNew}>
              {list.newCount.toLocaleString('en')} new
            </Button>
          )}
        </Tally>
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <WithDrawer
          drawer={
            open !== undefined && !list.isLoading ? (
              <ChangeDrawer
                key={open}
                change={shown}
                onFilter={set}
                onClose={() => set({ open: undefined })}
              />
            ) : null
          }
        >
          <Grid
            label="Audit log"
            rows={list.rows}
            {...{ columns, nameOf, hrefOf }}
            keyOf={idOf}
            open={shown?.id}
            onEnd={list.onEnd}
          >
            {list.isLoading ? null : (
              <Empty>
                {isFiltered
                  ? 'No change fits. A name is matched as a whole.'
                  : 'Nobody has changed anything yet.'}
              </Empty>
            )}
          </Grid>
        </WithDrawer>
      )}
    </SettingsPage>
  );
}

/** The time that a filter names: by how long ago it is, or as it stands in the address. */
function beginOf(since: string): string | undefined {
  const hours = SINCE.find(({ value }) => value === since)?.hours;
  if (hours === undefined) return isNaN(Date.parse(since)) ? undefined : new Date(since).toISOString();
  return hours === 0 ? undefined : new Date(Date.now() - hours * 3_600_000).toISOString();
}

function filled(search: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
