import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Page } from '../../ui/page';
import { LastDelivery } from './last-delivery';
import type { EventWebhook } from './words';

const columns: Column<EventWebhook>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(120px, 2fr)',
    cell: ({ name, targetUrl }) => (
      <>
        {name}
        <span className="under">{targetUrl}</span>
      </>
    ),
  },
  {
    id: 'targetUrl',
    title: 'Target URL',
    width: 'minmax(160px, 3fr)',
    isWide: true,
    cell: ({ targetUrl }) => (
      <span className="mono" title={targetUrl}>
        {targetUrl}
      </span>
    ),
  },
  {
    id: 'eventTypes',
    title: 'Event Types',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: ({ eventTypes }) => <span title={eventTypes.join(', ')}>{eventTypes.join(', ')}</span>,
  },
  {
    id: 'enabled',
    title: 'State',
    width: '88px',
    cell: ({ enabled }) => <Badge tone={enabled ? 'good' : 'off'}>{enabled ? 'On' : 'Off'}</Badge>,
  },
  {
    id: 'lastDelivery',
    title: 'Last delivery',
    width: '200px',
    isWide: true,
    cell: ({ lastDelivery }) => <LastDelivery last={lastDelivery} />,
  },
];
const CURL = `curl -X POST ${location.origin}/api/eventWebhooks \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"name": "CRM", "targetUrl": "https://crm.example.com/hook", "eventTypes": ["participant.created"]}'`;
const keyOf = ({ id }: EventWebhook) => id;
const nameOf = ({ name }: EventWebhook) => name;
const hrefOf = ({ id }: EventWebhook) => `/event-webhooks/${id}`;

async function load(pageToken: string | undefined) {
  const query = { pageSize: 100, ...(pageToken && { pageToken }) };
  const { eventWebhooks, ...next } = await answerOf(api.GET('/api/eventWebhooks', { params: { query } }));
  return { ...next, rows: eventWebhooks };
}

export function EventWebhookList() {
  const navigate = useNavigate();
  const list = useRows({ queryKey: ['event-webhooks'], load, keyOf, isLive: true });
  const create = (
    <Button look="primary" onPress={() => void navigate({ to: '/event-webhooks/new' })}>
      <Plus size={16} aria-hidden /> New event webhook
    </Button>
  );
  return (
    <Page title="Event Webhooks" isFull actions={create}>
      <div className="filters">
        <p className="hint">They send what happens here to another system: users, journeys, deliveries.</p>
        <NewRows count={list.newCount} onShow={list.showNew} />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Event Webhooks"
          rows={list.rows}
          {...{ columns, keyOf, nameOf, hrefOf }}
          onEnd={list.onEnd}
        >
          {list.isLoading ? null : (
            <Empty action={create} curl={CURL}>
              An event webhook tells another system of what happens here, at once. There is none yet.
            </Empty>
          )}
        </Grid>
      )}
    </Page>
  );
}
