import { type ReactNode, useMemo } from 'react';
import { useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Anchor } from '../../ui/anchor';
import { Badge } from '../../ui/badge';
import { WithDrawer } from '../../ui/overlays/drawer';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Time } from '../../ui/time';
import { userQuery } from '../../watching/filters';
import { ReasonCell } from '../../watching/reason-cell';
import { lengthWords } from '../../words/durations';
import { addressWith } from '../../words/search';
import { beginOf, spanOf } from '../../words/since';
import { userOf } from '../entries/words';
import { Filters } from './filters';
import { DeliveryStatus } from './status';
import { type DeliveryFilter, type ListedDelivery, senderOf } from './words';
import { isolated } from '../../words/quoted';

const columns: Column<ListedDelivery>[] = [
  {
    id: 'webhook',
    title: 'Webhook',
    width: 'minmax(96px, 2fr)',
    cell: (delivery) => (
      <>
        {senderOf(delivery)}
        <span className="under">
          {whoOf(delivery)} · {placeOf(delivery)}
        </span>
      </>
    ),
  },
  { id: 'user', title: 'User', width: 'minmax(96px, 2fr)', isWide: true, cell: whoOf },
  {
    id: 'status',
    title: 'Status',
    width: '104px',
    cell: ({ status }) => <DeliveryStatus status={status} />,
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(96px, 1fr)',
    isWide: true,
    cell: ReasonCell,
  },
  { id: 'place', title: 'Journey and tile', width: 'minmax(120px, 2fr)', isWide: true, cell: placeOf },
  {
    id: 'attempts',
    title: 'Attempts',
    width: '64px',
    isWide: true,
    cell: ({ attemptCount }) => attemptCount,
  },
  {
    id: 'answer',
    title: 'Last answer',
    width: '112px',
    isWide: true,
    cell: ({ lastStatus, durationMs }) =>
      durationMs === null ? (
        <span className="none">–</span>
      ) : (
        `${lastStatus ?? 'none'} · ${lengthWords(durationMs)}`
      ),
  },
  { id: 'createdAt', title: 'Began', width: '84px', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** For whom it was sent; an event is of nobody’s entry. */
function whoOf({ entryId, email, userId }: ListedDelivery): string {
  return entryId === null ? '–' : userOf({ email, userId });
}

function placeOf({ journeyName, tileId, test }: ListedDelivery): ReactNode {
  if (journeyName === null) return 'An event';
  return (
    <>
      {isolated(journeyName)} · {tileId} {test && <Badge tone="info">Test</Badge>}
    </>
  );
}

const CURL = `curl '${location.origin}/api/deliveries?status=failed' -H "Api-Key: $WAYHOOK_API_KEY"`;
const idOf = ({ id }: ListedDelivery) => id;
/** What the list is filtered by, as a call takes it. */
function useFilter() {
  const { user, status, reason, webhook, journey, tile, entry, since } = useSearch({
    from: '/shell/deliveries',
  });
  return useMemo(
    () => ({
      ...userQuery(user),
      ...(status && { status: status as DeliveryFilter['status'] }),
      ...(reason && { reason: reason as DeliveryFilter['reason'] }),
      ...(webhook && { webhookId: Number(webhook) }),
      ...(journey && { journeyId: Number(journey) }),
      ...(tile && { tileId: tile }),
      ...(entry && { entryId: entry }),
      since: spanOf(since),
    }),
    [user, status, reason, webhook, journey, tile, entry, since],
  );
}

export function DeliveryRows({ drawer }: { drawer: ReactNode }) {
  const search = useSearch({ from: '/shell/deliveries' });
  const { open } = search;
  const filter = useFilter();
  const { since: span, ...others } = filter;
  const list = useRows({
    queryKey: ['deliveries', filter],
    load: async (pageToken) => {
      const since = span === undefined ? {} : { since: beginOf(span) };
      const query = { pageSize: 200, ...others, ...since, ...(pageToken && { pageToken }) };
      const { deliveries, ...next } = await answerOf(api.GET('/api/deliveries', { params: { query } }));
      return { ...next, rows: deliveries };
    },
    keyOf: idOf,
    isLive: true,
  });
  const hrefOf = useMemo(() => {
    const address = addressWith('/deliveries', { ...search, attempt: undefined }, 'open');
    return ({ id }: ListedDelivery) => address(id);
  }, [search]);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <Filters list={list}>
        <NewRows count={list.newCount} onShow={list.showNew} />
      </Filters>
      <WithDrawer drawer={drawer}>
        {list.error !== null ? (
          <Failure error={list.error} onRetry={list.refetch} />
        ) : (
          <Grid
            label="Deliveries"
            rows={list.rows}
            {...{ columns, open, hrefOf }}
            keyOf={idOf}
            nameOf={senderOf}
            onEnd={list.onEnd}
          >
            {list.isLoading ? null : isFiltered ? (
              <Empty>No delivery is like this. Clear a filter to see others.</Empty>
            ) : (
              <Empty curl={CURL} action={<Anchor href="/journeys">Go to the journeys</Anchor>}>
                A delivery is what a webhook sent for one user, with every attempt. Nothing was sent yet.
              </Empty>
            )}
          </Grid>
        )}
      </WithDrawer>
    </>
  );
}
