import { useCallback, useMemo, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { useMayChangeUsers } from '../../shell/rights';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { Empty } from '../../ui/feedback/empty';
import { Fact, Facts } from '../../ui/facts';
import { Failure } from '../../ui/feedback/failure';
import { NotYet } from '../../ui/feedback/not-yet';
import { type Column, Grid } from '../../ui/grid/grid';
import { ActionMenu } from '../../ui/overlays/menu';
import { Missing } from '../../ui/feedback/missing';
import { Page } from '../../ui/page';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { ExportButton } from '../users/transfer/export';
import { hrefOfUser, type Named, nameOfUser } from '../users/names';
import { TriggerJourney } from '../users/parts/trigger';
import { UserName } from '../users/user-name';
import { AddUsers } from './add';
import { DeleteList } from './delete';
import { type List, listsQuery, usageQuery } from './lists';
import { isolated, quoted } from '../../words/quoted';

const columns: Column<Named>[] = [
  { id: 'name', title: 'User', width: 'minmax(160px, 1fr)', cell: UserName },
  {
    id: 'userId',
    title: 'userId',
    width: 'minmax(120px, 1fr)',
    isWide: true,
    cell: ({ userId }) => userId ?? <span className="none">–</span>,
  },
];
const keyOf = ({ email, userId }: Named) => `${email ?? ''} ${userId ?? ''}`;

const BACK = { href: '/lists', text: 'Lists' };

export function ListPage() {
  const { id } = useParams({ from: '/shell/lists/$id' });
  const { data: lists, error, refetch } = useQuery(listsQuery);
  const list = lists?.find((one) => String(one.id) === id);
  if (list !== undefined) return <Members key={list.id} list={list} />;
  return (
    <Page title="List" back={BACK}>
      {lists !== undefined ? <Missing /> : <NotYet error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

type Open = 'add' | 'trigger' | 'delete' | Named[];

function Members({ list }: { list: List }) {
  const { id, name, description } = list;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayChange = useMayChangeUsers();
  const [open, setOpen] = useState<Open>();
  const [selected, setSelected] = useState<ReadonlySet<string | number>>(new Set());
  const close = () => setOpen(undefined);
  const members = useRows({
    queryKey: ['list', id, 'users'],
    load: async (pageToken) => {
      const params = { path: { id }, query: { pageSize: 200, ...(pageToken && { pageToken }) } };
      const { users, ...next } = await answerOf(api.GET('/api/lists/{id}/users', { params }));
      return { ...next, rows: users };
    },
    keyOf,
  });
  const { rows } = members;
  const toggle = useCallback((key: string | number) => {
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  const selection = useMemo(() => ({ selected, toggle }), [selected, toggle]);
  const onChanged = () => {
    setSelected(new Set());
    void queries.invalidateQueries({ queryKey: ['list', id] });
  };
  const add = (
    <Button look="primary" onPress={() => setOpen('add')}>
      Add users
    </Button>
  );

  return (
    <Page
      title={name}
      back={BACK}
      isFull
      actions={
        <>
          <ExportButton listId={id} />
          {mayChange && (
            <>
              <Button onPress={() => void navigate({ to: '/users/import', search: { list: id } })}>
                <Upload size={14} aria-hidden /> Import
              </Button>
              <ActionMenu
                label="More"
                actions={[
                  { id: 'trigger', text: 'Send into a journey', run: () => setOpen('trigger') },
                  { id: 'delete', text: 'Delete list', isDanger: true, run: () => setOpen('delete') },
                ]}
              >
                <Button>More</Button>
              </ActionMenu>
              {add}
            </>
          )}
        </>
      }
    >
      <div className="stack">
        {description !== '' && <p className="lead">{description}</p>}
        <ListFacts list={list} />
        {selected.size > 0 && (
          <div className="bulk" role="status">
            <strong>{selected.size} selected</strong>
            <Button look="danger" onPress={() => setOpen(rows.filter((user) => selected.has(keyOf(user))))}>
              Take off the list
            </Button>
            <Button look="quiet" onPress={() => setSelected(new Set())}>
              Clear
            </Button>
          </div>
        )}
      </div>
      {members.error !== null ? (
        <Failure error={members.error} onRetry={members.refetch} />
      ) : (
        <Grid
          label="Users of the list"
          {...{ rows, columns, keyOf }}
          nameOf={nameOfUser}
          hrefOf={hrefOfUser}
          selection={mayChange ? selection : undefined}
          actionsOf={
            mayChange
              ? (user) => [
                  { id: 'off', text: 'Take off the list', isDanger: true, run: () => setOpen([user]) },
                ]
              : undefined
          }
          onEnd={members.onEnd}
        >
          {members.isLoading ? null : (
            <Empty action={mayChange && add} curl={curlOf(id)}>
              Nobody is on this list yet.
            </Empty>
          )}
        </Grid>
      )}
      {open === 'add' && <AddUsers list={list} onClose={close} onAdded={onChanged} />}
      {open === 'trigger' && <TriggerJourney target={{ listId: id, name }} onClose={close} />}
      {open === 'delete' && (
        <DeleteList list={list} onClose={close} onDeleted={() => void navigate({ to: '/lists' })} />
      )}
      {Array.isArray(open) && <TakeOff list={list} users={open} onClose={close} onDone={onChanged} />}
    </Page>
  );
}

function ListFacts({ list: { id, createdAt } }: { list: List }) {
  const { data: usage } = useQuery(usageQuery(id));
  return (
    <Facts>
      <Fact name="Users">{usage?.users.toLocaleString('en') ?? '…'}</Fact>
      <Fact name="Used by">
        {usage === undefined || usage.journeys.length === 0
          ? 'No journey'
          : usage.journeys.map((journey, index) => (
              <span key={journey.id}>
                {index > 0 && ', '}
                <Link to="/journeys/$id" params={{ id: String(journey.id) }}>
                  {isolated(journey.name)}
                </Link>
              </span>
            ))}
      </Fact>
      <Fact name="Created">
        <Time at={new Date(createdAt).toISOString()} />
      </Fact>
      <Fact name="Id">{id}</Fact>
    </Facts>
  );
}

interface TakeOffProps {
  list: List;
  users: Named[];
  onClose: () => void;
  onDone: () => void;
}

function TakeOff({ list: { id, name }, users, onClose, onDone }: TakeOffProps) {
  const who = users.length === 1 ? nameOfUser(users[0]!) : `${users.length.toLocaleString('en')} users`;
  async function takeOff() {
    // One call takes 1,001.
    for (let from = 0; from < users.length; from += 1_000) {
      const subscribers = users
        .slice(from, from + 1_000)
        .map(({ email, userId }) => (email ? { email } : { userId }));
      await api.POST('/api/lists/unsubscribe', { body: { listId: id, subscribers } });
    }
    onDone();
    toast(`Took ${who} off ${quoted(name)}.`);
  }
  return (
    <Confirm
      title={`Take ${who} off ${quoted(name)}?`}
      action="Take off the list"
      onConfirm={takeOff}
      onClose={onClose}
    >
      <p>
        They stay users. Journeys that begin when somebody leaves this list begin, and exit rules on it count.
      </p>
    </Confirm>
  );
}

const curlOf = (id: number) => `curl -X POST ${location.origin}/api/lists/subscribe \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"listId": ${id}, "subscribers": [{"email": "ada@example.com"}]}'`;
