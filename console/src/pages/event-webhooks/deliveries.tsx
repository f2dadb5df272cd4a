import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import type { paths } from '../../../types/schema';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Time } from '../../ui/time';
import { DeliveryStatus } from './last-delivery';
import './event-webhooks.css';

type Delivery =
  paths['/api/eventWebhooks/{id}/deliveries']['get']['responses'][200]['content']['application/json']['deliveries'][number];

const columns: Column<Delivery>[] = [
  {
    id: 'id',
    title: 'Delivery',
    width: 'minmax(64px, 2fr)',
    cell: ({ id }) => <span className="mono">{id}</span>,
  },
  { id: 'status', title: 'Status', width: '112px', cell: ({ status }) => <DeliveryStatus status={status} /> },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: ({ reason, detail }) =>
      reason === null ? (
        <span className="none">–</span>
      ) : (
        <span title={detail ?? reason}>{detail ?? reason}</span>
      ),
  },
  { id: 'createdAt', title: 'Created', width: '112px', cell: ({ createdAt }) => <Time at={createdAt} /> },
];
const keyOf = ({ id }: Delivery) => id;
const hrefOf = ({ id }: Delivery) => `/deliveries/${id}`;

/** What was sent, or is to be. */
export function Deliveries({ id }: { id: number }) {
  const list = useRows({
    queryKey: ['event-webhook', id, 'deliveries'],
    load: async (pageToken) => {
      const params = { path: { id }, query: { pageSize: 100, ...(pageToken && { pageToken }) } };
      const { deliveries, ...next } = await answerOf(
        api.GET('/api/eventWebhooks/{id}/deliveries', { params }),
      );
      return { ...next, rows: deliveries };
    },
    keyOf,
    isLive: true,
  });
  if (list.error !== null) return <Failure error={list.error} onRetry={list.refetch} />;
  return (
    <div className="event-deliveries">
      <div className="filters">
        <h2>Deliveries</h2>
        <NewRows count={list.newCount} onShow={list.showNew} />
      </div>
      <Grid
        label="Deliveries"
        rows={list.rows}
        {...{ columns, keyOf, hrefOf }}
        nameOf={keyOf}
        onEnd={list.onEnd}
      >
        {list.isLoading ? null : (
          <Empty>
            No event of its types has happened yet. “Send a test”, above, shows whether its endpoint takes
            one.
          </Empty>
        )}
      </Grid>
    </div>
  );
}
