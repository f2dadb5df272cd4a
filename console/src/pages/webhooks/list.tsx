import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useJourneys } from '../../api/names';
import { useRows } from '../../api/rows';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Failure, messageOf } from '../../ui/feedback/failure';
import { FilterChip } from '../../ui/grid/filter-chip';
import { type Column, Grid } from '../../ui/grid/grid';
import { Notice } from '../../ui/feedback/notice';
import { Page } from '../../ui/page';
import { SearchBox } from '../../ui/grid/search-box';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { DeleteWebhooks } from './delete';
import { WebhookDetails } from './details';
import { lockText } from './lock';
import { AUTHENTICATION, type Webhook, type WebhookSearch } from './words';
import { isolated, quoted } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

const columns: Column<Webhook>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(140px, 3fr)',
    cell: ({ name, method, endpoint }) => (
      <>
        {name}
        <span className="under">
          {method} {endpoint}
        </span>
      </>
    ),
  },
  {
    id: 'method',
    title: 'Method',
    width: '56px',
    isWide: true,
    cell: ({ method }) => <span className="method">{method}</span>,
  },
  {
    id: 'endpoint',
    title: 'Endpoint',
    width: 'minmax(150px, 4fr)',
    isWide: true,
    cell: ({ endpoint }) => (
      <span className="mono" title={endpoint}>
        {endpoint}
      </span>
    ),
  },
  {
    id: 'destination',
    title: 'Destination',
    width: '76px',
    isWide: true,
    cell: ({ destination }) => (destination === 'inkit' ? 'Inkit' : 'Custom'),
  },
  {
    id: 'authentication',
    title: 'Authentication',
    width: '100px',
    isWide: true,
    cell: ({ authentication }) => AUTHENTICATION[authentication.type] ?? authentication.type,
  },
  {
    id: 'dataRetrieval',
    title: 'Data Retrieval',
    width: '92px',
    isWide: true,
    cell: ({ dataRetrieval }) => dataRetrieval && <Badge tone="info">Live data</Badge>,
  },
  {
    id: 'usage',
    title: 'Used by',
    width: '56px',
    isWide: true,
    cell: ({ usage: { tiles } }) =>
      tiles === 0 ? <span className="none">–</span> : `${tiles} ${tiles === 1 ? 'tile' : 'tiles'}`,
  },
  { id: 'updatedAt', title: 'Updated', width: '84px', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];
/** How a program makes the first one. */
const CURL = `curl -X POST ${location.origin}/api/journeyWebhooks \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"name": "CRM sync", "endpoint": "https://api.example.com/users"}'`;
const idOf = ({ id }: Webhook) => id;
const nameOf = ({ name }: Webhook) => name;
const hrefOf = ({ id }: Webhook) => `/webhooks/${id}`;

export function WebhookList() {
  const { name = '', open, usedBy } = useSearch({ from: '/shell/webhooks' });
  const navigate = useNavigate({ from: '/webhooks' });
  const queries = useQueryClient();
  const [selected, setSelected] = useState<ReadonlySet<string | number>>(new Set());
  const [deleted, setDeleted] = useState<Webhook[]>();
  const [problem, setProblem] = useState<string>();
  const wanted = useDeferredValue(name);
  const journeys = useJourneys([usedBy]);
  const list = useRows({
    queryKey: ['webhooks', wanted, usedBy],
    load: async (pageToken) => {
      const query = {
        pageSize: 200,
        usedBy,
        ...(wanted && { name: wanted }),
        ...(pageToken && { pageToken }),
      };
      const page = await answerOf(api.GET('/api/journeyWebhooks', { params: { query } }));
      return { ...page, rows: page.webhooks };
    },
    keyOf: idOf,
  });
  const { rows } = list;
  const toggle = useCallback((key: string | number) => {
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  const selection = useMemo(() => ({ selected, toggle }), [selected, toggle]);

  const toggleDetails = useCallback(
    (key: string | number) => {
      const next = (before: WebhookSearch) => ({
        ...before,
        open: before.open === key ? undefined : Number(key),
      });
      void navigate({ search: next, replace: true });
    },
    [navigate],
  );

  const edit = ({ id }: Webhook) => navigate({ to: '/webhooks/$id', params: { id: String(id) } });

  async function duplicate(webhook: Webhook) {
    setProblem(undefined);
    try {
      const path = { id: webhook.id };
      const copy = await answerOf(api.POST('/api/journeyWebhooks/{id}/duplicate', { params: { path } }));
      await queries.invalidateQueries({ queryKey: ['webhooks'] });
      toast(`Duplicated as ${quoted(copy.name)}, without authentication.`, {
        text: 'Edit the copy',
        run: () => void navigate({ to: '/webhooks/$id', params: { id: String(copy.id) } }),
      });
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Page title="Journey Webhooks" isFull actions={<NewWebhook />}>
      {selected.size > 0 ? (
        <div className="bulk" role="status">
          <strong>{selected.size} selected</strong>
          <Button look="danger" onPress={() => setDeleted(rows.filter(({ id }) => selected.has(id)))}>
            Delete
          </Button>
          <Button look="quiet" onPress={() => setSelected(new Set())}>
            Clear
          </Button>
        </div>
      ) : (
        <div className="filters">
          <SearchBox
            label="Search by name"
            value={name}
            onChange={(typed) =>
              void navigate({ search: (before) => ({ ...before, name: typed || undefined }), replace: true })
            }
          />
          {usedBy !== undefined && (
            <FilterChip onClear={() => void navigate({ search: ({ usedBy: _usedBy, ...before }) => before })}>
              {`used by ${isolated(journeys.get(usedBy)?.name ?? `journey ${usedBy}`)}`}
            </FilterChip>
          )}
          <Tally list={list} one="webhook" many="webhooks" />
        </div>
      )}
      {problem !== undefined && (
        <Notice tone="bad" isNew>
          {problem}
        </Notice>
      )}
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Journey Webhooks"
          {...{ rows, columns, nameOf, selection }}
          keyOf={idOf}
          hrefOf={hrefOf}
          onEnd={list.onEnd}
          details={{
            open,
            toggle: toggleDetails,
            of: (webhook) => <WebhookDetails webhook={webhook} />,
          }}
          actionsOf={(webhook) => {
            const [lock] = webhook.usage.lockedBy;
            const refused = lock && lockText(lock);
            return [
              { id: 'edit', text: 'Edit Webhook', refused, run: () => void edit(webhook) },
              { id: 'duplicate', text: 'Duplicate Webhook', run: () => void duplicate(webhook) },
              {
                ...{ id: 'delete', text: 'Delete Webhook', isDanger: true, refused },
                run: () => setDeleted([webhook]),
              },
            ];
          }}
        >
          {list.isLoading ? null : name === '' && usedBy === undefined ? (
            <Empty curl={CURL} action={<NewWebhook />}>
              A webhook is a request that journeys send for their users. There is none yet.
            </Empty>
          ) : (
            <Empty>
              {name === ''
                ? 'This journey relies on no webhook.'
                : `No webhook has ${quoted(name)} in its name.`}
            </Empty>
          )}
        </Grid>
      )}
      {deleted !== undefined && (
        <DeleteWebhooks
          webhooks={deleted}
          onClose={() => setDeleted(undefined)}
          onDeleted={() => {
            setSelected(new Set());
            void queries.invalidateQueries({ queryKey: ['webhooks'] });
          }}
        />
      )}
    </Page>
  );
}

function NewWebhook() {
  return (
    <Link to="/webhooks/new" className="btn primary">
      <Plus size={16} aria-hidden /> New webhook
    </Link>
  );
}
