import { useDeferredValue, useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useMayChangeUsers } from '../../shell/rights';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { Page } from '../../ui/page';
import { SearchBox } from '../../ui/grid/search-box';
import { Time } from '../../ui/time';
import { CreateList } from './create';
import { DeleteList } from './delete';
import { type List, listsQuery, usageQuery } from './lists';
import { quoted } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

const columns: Column<List>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(140px, 2fr)',
    cell: ({ name, description }) => (
      <>
        {name}
        <span className="under">{description}</span>
      </>
    ),
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(120px, 3fr)',
    isWide: true,
    cell: ({ description }) => <span title={description}>{description}</span>,
  },
  { id: 'users', title: 'Users', width: '96px', cell: ({ id }) => <Users id={id} /> },
  { id: 'usage', title: 'Used by', width: '112px', isWide: true, cell: ({ id }) => <UsedBy id={id} /> },
  {
    id: 'createdAt',
    title: 'Created',
    width: '112px',
    isWide: true,
    cell: ({ createdAt }) => <Time at={new Date(createdAt).toISOString()} />,
  },
];
const CURL = `curl -X POST ${location.origin}/api/lists \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"name": "Readers"}'`;
const keyOf = ({ id }: List) => id;
const nameOf = ({ name }: List) => name;
const hrefOf = ({ id }: List) => `/lists/${id}`;

/* Both are asked for row by row, as it comes into view. */

function Users({ id }: { id: number }) {
  const { data } = useQuery(usageQuery(id));
  return <>{data?.users.toLocaleString('en')}</>;
}

function UsedBy({ id }: { id: number }) {
  const { data } = useQuery(usageQuery(id));
  if (data === undefined) return null;
  const { journeys } = data;
  if (journeys.length === 0) return <span className="none">–</span>;
  const names = journeys.map(({ name }) => name).join(', ');
  return <span title={names}>{journeys.length === 1 ? '1 journey' : `${journeys.length} journeys`}</span>;
}

export function ListList() {
  const { name = '' } = useSearch({ from: '/shell/lists' });
  const navigate = useNavigate({ from: '/lists' });
  const mayChange = useMayChangeUsers();
  const [isCreating, setCreating] = useState(false);
  const [deleted, setDeleted] = useState<List>();
  const { data: lists, error, refetch } = useQuery(listsQuery);
  const wanted = useDeferredValue(name).toLowerCase();
  const rows = useMemo(
    () => (lists ?? []).filter((list) => list.name.toLowerCase().includes(wanted)).reverse(),
    [lists, wanted],
  );
  const create = (
    <Button look="primary" onPress={() => setCreating(true)}>
      <Plus size={16} aria-hidden /> New list
    </Button>
  );
  return (
    <Page title="Lists" isFull actions={mayChange && create}>
      <div className="filters">
        <SearchBox
          label="Search by name"
          value={name}
          onChange={(typed) =>
            void navigate({ search: (before) => ({ ...before, name: typed || undefined }), replace: true })
          }
        />
        <Tally list={{ rows, isLoading: lists === undefined, error }} one="list" many="lists" />
      </div>
      {lists === undefined && error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Grid
          label="Lists"
          {...{ rows, columns, keyOf, nameOf, hrefOf }}
          actionsOf={
            mayChange
              ? (list) => [
                  {
                    id: 'import',
                    text: 'Import users',
                    run: () => void navigate({ to: '/users/import', search: { list: list.id } }),
                  },
                  { id: 'delete', text: 'Delete list', isDanger: true, run: () => setDeleted(list) },
                ]
              : undefined
          }
        >
          {lists === undefined ? null : name === '' ? (
            <Empty action={mayChange && create} curl={CURL}>
              A list is a named set of users, whom journeys begin with or leave out. There is none yet.
            </Empty>
          ) : (
            <Empty>{`No list has ${quoted(name)} in its name.`}</Empty>
          )}
        </Grid>
      )}
      {isCreating && (
        <CreateList
          onClose={() => setCreating(false)}
          onCreated={(id) => void navigate({ to: '/lists/$id', params: { id: String(id) } })}
        />
      )}
      {deleted !== undefined && <DeleteList list={deleted} onClose={() => setDeleted(undefined)} />}
    </Page>
  );
}
