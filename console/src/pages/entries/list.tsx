import { useMemo } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Anchor } from '../../ui/anchor';
import { Badge } from '../../ui/badge';
import { Drawer, WithDrawer } from '../../ui/overlays/drawer';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { Page } from '../../ui/page';
import { Time } from '../../ui/time';
import { userQuery } from '../../watching/filters';
import { ReasonCell } from '../../watching/reason-cell';
import { addressWith } from '../../words/search';
import { EntryDetail } from './entry';
import { EntryActions } from './actions';
import { Filters } from './filters';
import { EntryStatus } from './status';
import { type EntryFilter, hrefOfEntry, type ListedEntry, userOf } from './words';
import { isolated } from '../../words/quoted';

const columns: Column<ListedEntry>[] = [
  {
    id: 'user',
    title: 'User',
    width: 'minmax(96px, 2fr)',
    cell: (entry) => (
      <>
        {userOf(entry)}
        <span className="under">{entry.journeyName}</span>
      </>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '104px',
    cell: ({ status }) => <EntryStatus status={status} />,
  },
  {
    id: 'journey',
    title: 'Journey',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: ({ journeyName, version, test }) => (
      <>
        {isolated(journeyName)}{' '}
        {test ? <Badge tone="info">Test</Badge> : <span className="none">v{version}</span>}
      </>
    ),
  },
  {
    id: 'tile',
    title: 'Tile',
    width: 'minmax(96px, 1fr)',
    isWide: true,
    cell: ({ tileId }) => tileId ?? <span className="none">–</span>,
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(96px, 1fr)',
    isWide: true,
    cell: ReasonCell,
  },
  {
    id: 'startedAt',
    title: 'Began',
    width: '84px',
    cell: ({ startedAt }) =>
      startedAt === null ? <span className="none">soon</span> : <Time at={startedAt} />,
  },
  {
    id: 'endedAt',
    title: 'Ended',
    width: '84px',
    isWide: true,
    cell: ({ endedAt }) => <Time at={endedAt} />,
  },
];
const CURL = `curl -X POST ${location.origin}/api/workflows/triggerWorkflow \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"workflowId": 1, "email": "ada@example.com"}'`;
const idOf = ({ id }: ListedEntry) => id;

/** What the list is filtered by, as a call takes it. */
function useFilter() {
  const { user, status, reason, webhook, journey, tile, test } = useSearch({ from: '/shell/entries' });
  return useMemo(
    () => ({
      ...userQuery(user),
      ...(status && { status: status as EntryFilter['status'] }),
      ...(reason && { reason: reason as EntryFilter['reason'] }),
      ...(webhook && { webhookId: Number(webhook) }),
      ...(journey && { journeyId: Number(journey) }),
      ...(tile && { tileId: tile }),
      ...(test && { test: test as EntryFilter['test'] }),
    }),
    [user, status, reason, webhook, journey, tile, test],
  );
}

export function EntryList() {
  const search = useSearch({ from: '/shell/entries' });
  const { open } = search;
  const navigate = useNavigate({ from: '/entries' });
  const filter = useFilter();
  const list = useRows({
    queryKey: ['entries', filter],
    load: async (pageToken) => {
      const query = { pageSize: 200, ...filter, ...(pageToken && { pageToken }) };
      const { entries, ...next } = await answerOf(api.GET('/api/entries', { params: { query } }));
      return { ...next, rows: entries };
    },
    keyOf: idOf,
    isLive: true,
  });
  const hrefOf = useMemo(() => {
    const address = addressWith('/entries', search, 'open');
    return ({ id }: ListedEntry) => address(id);
  }, [search]);
  return (
    <Page title="Entries" isFull>
      <Filters list={list} />
      <WithDrawer
        drawer={
          open !== undefined && (
            <Drawer
              title="Entry"
              label={`Entry ${open}`}
              href={hrefOfEntry(open)}
              onClose={() => void navigate({ search: (before) => ({ ...before, open: undefined }) })}
            >
              <EntryActions key={`${open} actions`} id={open} />
              <EntryDetail key={open} id={open} />
            </Drawer>
          )
        }
      >
        {list.error !== null ? (
          <Failure error={list.error} onRetry={list.refetch} />
        ) : (
          <Grid
            label="Entries"
            rows={list.rows}
            {...{ columns, hrefOf, open }}
            keyOf={idOf}
            nameOf={userOf}
            onEnd={list.onEnd}
          >
            {list.isLoading ? null : Object.keys(filter).length > 0 ? (
              <Empty>No entry is like this. Clear a filter to see others.</Empty>
            ) : (
              <Empty curl={CURL} action={<Anchor href="/journeys">Go to the journeys</Anchor>}>
                An entry is the passage of one user through a journey. Nobody has entered one yet.
              </Empty>
            )}
          </Grid>
        )}
      </WithDrawer>
    </Page>
  );
}
