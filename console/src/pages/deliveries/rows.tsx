import { type ReactNode, useMemo } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { WithDrawer } from '../../ui/overlays/drawer';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { FilterChip } from '../../ui/grid/filter-chip';
import { FilterSelect } from '../../ui/grid/filter-select';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Time } from '../../ui/time';
import { lengthWords } from '../../words/durations';
import { reasonChoices, reasonText } from '../../words/reasons';
import { addressWith } from '../../words/search';
import { beginOf, SPAN_CHOICES, spanOf } from '../../words/since';
import { DeliveryStatus } from './status';
import { type DeliveryFilter, type ListedDelivery, senderOf, STATUS } from './words';

const columns: Column<ListedDelivery>[] = [
  {
    id: 'webhook',
    title: 'Webhook',
    width: 'minmax(96px, 2fr)',
    cell: (delivery) => (
      <>
        {senderOf(delivery)}
        <span className="under">{placeOf(delivery)}</span>
      </>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '112px',
    cell: ({ status }) => <DeliveryStatus status={status} />,
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(96px, 1fr)',
    isWide: true,
    cell: ({ reason, detail }) =>
      reason === null ? (
        <span className="none">–</span>
      ) : (
        <span title={detail ?? ''}>{reasonText(reason)}</span>
      ),
  },
  { id: 'place', title: 'Journey and tile', width: 'minmax(140px, 2fr)', isWide: true, cell: placeOf },
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
  { id: 'createdAt', title: 'Began', width: '96px', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

function placeOf({ journeyName, tileId, test }: ListedDelivery): ReactNode {
  if (journeyName === null) return 'An event';
  return (
    <>
      {journeyName} · {tileId} {test && <Badge tone="info">Test</Badge>}
    </>
  );
}

const CURL = `curl '${location.origin}/api/deliveries?status=failed' -H "Api-Key: $WAYHOOK_API_KEY"`;
const idOf = ({ id }: ListedDelivery) => id;
const ANY = 'any';
const STATUS_CHOICES = [
  { value: ANY, text: 'Any status' },
  ...Object.entries(STATUS).map(([value, { text }]) => ({ value, text })),
];
/** Those of entries alone happen to no delivery. */
const OF_ENTRIES = ['exit_rule', 'superseded', 'invalid_start'];
const REASON_CHOICES = [
  { value: ANY, text: 'Any reason' },
  ...reasonChoices((reason) => !OF_ENTRIES.includes(reason)),
];
const SINCE_CHOICES = [{ value: ANY, text: 'Any time' }, ...SPAN_CHOICES];

/** What the list is filtered by, as a call takes it. */
function useFilter() {
  const { status, reason, webhook, journey, entry, since } = useSearch({ from: '/shell/deliveries' });
  return useMemo(
    () => ({
      ...(status && { status: status as DeliveryFilter['status'] }),
      ...(reason && { reason: reason as DeliveryFilter['reason'] }),
      ...(webhook && { webhookId: Number(webhook) }),
      ...(journey && { journeyId: Number(journey) }),
      ...(entry && { entryId: entry }),
      since: spanOf(since),
    }),
    [status, reason, webhook, journey, entry, since],
  );
}

export function DeliveryRows({ canOpen, drawer }: { canOpen: boolean; drawer: ReactNode }) {
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
      <Filters rows={list.rows} hasMore={list.hasMore}>
        <NewRows count={list.newCount} onShow={list.showNew} />
      </Filters>
      <WithDrawer drawer={drawer}>
        {list.error !== null ? (
          <Failure error={list.error} onRetry={list.refetch} />
        ) : (
          <Grid
            label="Deliveries"
            rows={list.rows}
            {...{ columns, open }}
            keyOf={idOf}
            nameOf={senderOf}
            hrefOf={canOpen ? hrefOf : undefined}
            onEnd={list.onEnd}
          >
            {list.isLoading ? null : isFiltered ? (
              <Empty>No delivery is like this. Clear a filter to see others.</Empty>
            ) : (
              <Empty curl={CURL} action={<a href="/journeys">Go to the journeys</a>}>
                A delivery is what a webhook sent for one user, with every attempt. Nothing was sent yet.
              </Empty>
            )}
          </Grid>
        )}
      </WithDrawer>
    </>
  );
}

interface FiltersProps {
  rows: readonly ListedDelivery[];
  hasMore: boolean;
  children: ReactNode;
}

function Filters({ rows, hasMore, children }: FiltersProps) {
  const { status, reason, webhook, journey, entry, since } = useSearch({ from: '/shell/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const set = (name: string, value: string | undefined) =>
    void navigate({
      search: (before) => ({ ...before, [name]: value === ANY ? undefined : value, open: undefined }),
      replace: true,
    });
  const [first] = rows;
  return (
    <div className="filters">
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
        label="Time"
        value={spanOf(since) ?? ANY}
        choices={SINCE_CHOICES}
        onChange={(value) => set('since', value)}
      />
      {webhook !== undefined && (
        <FilterChip onClear={() => set('webhook', undefined)}>
          {`of ${first ? senderOf(first) : `webhook ${webhook}`}`}
        </FilterChip>
      )}
      {journey !== undefined && (
        <FilterChip onClear={() => set('journey', undefined)}>
          {`in ${first?.journeyName ?? `journey ${journey}`}`}
        </FilterChip>
      )}
      {entry !== undefined && <FilterChip onClear={() => set('entry', undefined)}>of one entry</FilterChip>}
      {[status, reason, since].some((value) => value !== undefined) && (
        <Button look="quiet" onPress={() => void navigate({ search: {} })}>
          Clear
        </Button>
      )}
      {children}
      <span className="tally" role="status">
        {rows.length.toLocaleString('en')}
        {hasMore && '+'} {rows.length === 1 && !hasMore ? 'delivery' : 'deliveries'}
      </span>
    </div>
  );
}
