import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import type { paths } from '../../../types/schema';
import { Badge } from '../../ui/badge';
import { Empty } from '../../ui/empty';
import { Failure } from '../../ui/failure';
import { type Column, Grid } from '../../ui/grid';
import { Page } from '../../ui/page';
import { SearchBox } from '../../ui/search-box';
import { Time } from '../../ui/time';

type Journey =
  paths['/api/journeys']['get']['responses'][200]['content']['application/json']['journeys'][number];

const columns: Column<Journey>[] = [
  { id: 'name', title: 'Name', width: 'minmax(160px, 3fr)', cell: ({ name }) => name },
  {
    id: 'status',
    title: 'Status',
    width: '112px',
    cell: ({ enabled, isArchived }) => (
      <Badge tone={isArchived ? 'off' : enabled ? 'good' : 'plain'}>
        {isArchived ? 'Archived' : enabled ? 'Published' : 'Draft'}
      </Badge>
    ),
  },
  {
    id: 'updatedAt',
    title: 'Updated',
    width: '96px',
    cell: ({ updatedAt }) => <Time at={new Date(updatedAt).toISOString()} />,
  },
];
const CURL = `curl -X POST ${location.origin}/api/journeys \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"name": "Welcome", "tiles": [{"id": "wait", "type": "delay", "for": "1 day"}]}'`;
const idOf = ({ id }: Journey) => id;
const nameOf = ({ name }: Journey) => name;
const hrefOf = ({ id }: Journey) => `/journeys/${id}`;
const PAGE_SIZE = 50;

export function JourneyList() {
  const { name = '' } = useSearch({ from: '/shell/journeys' });
  const navigate = useNavigate({ from: '/journeys' });
  const list = useRows({
    queryKey: ['journeys'],
    load: async (pageToken = '1') => {
      const page = Number(pageToken);
      const query = { page, pageSize: PAGE_SIZE, sort: '-updatedAt' };
      const { journeys, nextPageUrl } = await answerOf(api.GET('/api/journeys', { params: { query } }));
      return { rows: journeys, ...(nextPageUrl && { nextPageToken: String(page + 1) }) };
    },
    keyOf: idOf,
  });
  return (
    <Page title="Journeys" isFull>
      <div className="filters">
        <SearchBox
          label="Search by name"
          value={name}
          onChange={(typed) =>
            void navigate({ search: (before) => ({ ...before, name: typed || undefined }), replace: true })
          }
        />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Journeys"
          rows={list.rows}
          {...{ columns, nameOf, hrefOf }}
          keyOf={idOf}
          onEnd={list.onEnd}
        >
          {list.isLoading ? null : (
            <Empty curl={CURL}>A journey is the way of a user through tiles. There is none yet.</Empty>
          )}
        </Grid>
      )}
    </Page>
  );
}
