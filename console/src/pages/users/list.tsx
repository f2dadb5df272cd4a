import { useCallback, useDeferredValue, useState } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { useMayChangeUsers } from '../../shell/rights';
import type { paths } from '../../../types/schema';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Page } from '../../ui/page';
import { SearchBox } from '../../ui/grid/search-box';
import { Time } from '../../ui/time';
import { AddUser } from './add';
import { ExportButton } from './transfer/export';
import { hrefOfUser, nameOfUser } from './names';
import { UserName } from './user-name';
import { quoted } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

type Found =
  paths['/api/users/search']['get']['responses'][200]['content']['application/json']['users'][number];

const columns: Column<Found>[] = [
  { id: 'name', title: 'User', width: 'minmax(160px, 3fr)', cell: UserName },
  {
    id: 'userId',
    title: 'userId',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: ({ userId }) => userId ?? <span className="none">–</span>,
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 'minmax(80px, 2fr)',
    isWide: true,
    cell: ({ tags }) => (tags.length === 0 ? <span className="none">–</span> : tags.join(', ')),
  },
  { id: 'updatedAt', title: 'Updated', width: '112px', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  {
    id: 'createdAt',
    title: 'Created',
    width: '112px',
    isWide: true,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];
const CURL = `curl -X POST ${location.origin}/api/users/update \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"email": "ada@example.com", "dataFields": {"plan": "pro"}}'`;
const keyOf = ({ email, userId }: Found) => `${email ?? ''} ${userId ?? ''}`;

export function UserList() {
  const { text = '' } = useSearch({ from: '/shell/users' });
  const navigate = useNavigate({ from: '/users' });
  const mayChange = useMayChangeUsers();
  const [isAdding, setAdding] = useState(false);
  const wanted = useDeferredValue(text);
  const list = useRows({
    queryKey: ['users', wanted],
    load: async (pageToken) => {
      const query = { pageSize: 100, ...(wanted && { text: wanted }), ...(pageToken && { pageToken }) };
      const { users, ...next } = await answerOf(api.GET('/api/users/search', { params: { query } }));
      return { ...next, rows: users };
    },
    keyOf,
    // What is found comes by its name, so a new one is not the first.
    isLive: wanted === '',
  });
  const onSearch = useCallback(
    (typed: string) =>
      void navigate({ search: (before) => ({ ...before, text: typed || undefined }), replace: true }),
    [navigate],
  );
  const add = (
    <Button look="primary" onPress={() => setAdding(true)}>
      Add a user
    </Button>
  );
  return (
    <Page
      title="Users"
      isFull
      actions={
        <>
          <ExportButton />
          {mayChange && (
            <>
              <Button onPress={() => void navigate({ to: '/users/import' })}>
                <Upload size={14} aria-hidden /> Import
              </Button>
              {add}
            </>
          )}
        </>
      }
    >
      <div className="filters">
        <SearchBox label="Email or userId begins with" value={text} onChange={onSearch} />
        <NewRows count={list.newCount} onShow={list.showNew} />
        <Tally list={list} one="user" many="users" />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Users"
          rows={list.rows}
          {...{ columns, keyOf }}
          nameOf={nameOfUser}
          hrefOf={hrefOfUser}
          onEnd={list.onEnd}
        >
          {list.isLoading ? null : text === '' ? (
            <Empty action={mayChange && add} curl={CURL}>
              A user is somebody who enters journeys. There is none yet.
            </Empty>
          ) : (
            <Empty>{`Nobody has an email or userId that begins with ${quoted(text)}.`}</Empty>
          )}
        </Grid>
      )}
      {isAdding && (
        <AddUser
          onClose={() => setAdding(false)}
          onAdded={(user) => void navigate({ href: hrefOfUser(user) })}
        />
      )}
    </Page>
  );
}
