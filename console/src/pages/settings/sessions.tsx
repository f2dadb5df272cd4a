import { useMemo, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { useSession } from '../../shell/session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { FilterSelect } from '../../ui/grid/filter-select';
import { type Column, Grid } from '../../ui/grid/grid';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { SettingsPage } from './settings-page';
import { browserText, type OpenSession } from './words';
import { isolated } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

const idOf = ({ id }: OpenSession) => id;
const nameOf = ({ person, userAgent }: OpenSession) => `${person.name}, ${browserText(userAgent)}`;
const columns: Column<OpenSession>[] = [
  {
    id: 'browser',
    title: 'Browser',
    width: 'minmax(160px, 2fr)',
    cell: ({ userAgent, current, person, address }) => (
      <>
        <span title={userAgent ?? undefined}>{browserText(userAgent)}</span>{' '}
        {current && <Badge tone="info">This one</Badge>}
        <span className="under">
          {isolated(person.name)} · {address}
        </span>
      </>
    ),
  },
  {
    id: 'person',
    title: 'Person',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: ({ person }) => <span title={person.email}>{person.name}</span>,
  },
  {
    id: 'address',
    title: 'Address',
    width: 'minmax(104px, 1fr)',
    isWide: true,
    cell: ({ address }) => <span className="mono">{address}</span>,
  },
  {
    id: 'createdAt',
    title: 'Signed in',
    width: '112px',
    isWide: true,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  { id: 'usedAt', title: 'Last used', width: '104px', cell: ({ usedAt }) => <Time at={usedAt} /> },
];

const EVERYBODY = 'all';

/** Where somebody is signed in. An administrator sees everybody. */
export function Sessions() {
  const { person: wanted } = useSearch({ from: '/shell/settings/sessions' });
  const navigate = useNavigate({ from: '/settings/sessions' });
  const queries = useQueryClient();
  const self = useSession()?.person;
  const isAdmin = self?.role === 'admin';
  const [ended, setEnded] = useState<{ sessions: OpenSession[]; what: string }>();
  const personId = wanted === EVERYBODY ? undefined : wanted === undefined ? self?.id : Number(wanted);
  const list = useRows({
    queryKey: ['sessions', personId ?? EVERYBODY],
    load: async (pageToken) => {
      const query = { pageSize: 200, personId, ...(pageToken && { pageToken }) };
      const page = await answerOf(api.GET('/api/sessions', { params: { query } }));
      return { ...page, rows: page.sessions };
    },
    keyOf: idOf,
  });
  const others = list.rows.filter(({ current }) => !current);

  async function end(sessions: OpenSession[]) {
    for (const { id } of sessions) await api.DELETE('/api/sessions/{id}', { params: { path: { id } } });
    await queries.invalidateQueries({ queryKey: ['sessions'] });
    toast(sessions.length === 1 ? 'Ended 1 session.' : `Ended ${sessions.length} sessions.`);
  }

  const endOthers = others.length > 0 && personId !== undefined && (
    <Button look="danger" onPress={() => setEnded({ sessions: others, what: 'all of them' })}>
      {personId === self?.id ? 'End my other sessions' : 'End all their sessions'}
    </Button>
  );
  return (
    <SettingsPage title="Sessions" actions={endOthers} isFull>
      <div className="filters">
        {isAdmin && self !== undefined && (
          <PersonFilter
            value={wanted ?? String(self.id)}
            self={self.id}
            onChange={(value) =>
              void navigate({ search: { person: value === String(self.id) ? undefined : value } })
            }
          />
        )}
        <p className="lead">A session ends after 12 hours without use, and after 30 days.</p>
        <Tally list={list} one="session" many="sessions" />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Sessions"
          rows={list.rows}
          {...{ columns, nameOf }}
          keyOf={idOf}
          onEnd={list.onEnd}
          actionsOf={(session) => [
            {
              id: 'end',
              text: 'End this session',
              isDanger: true,
              run: () => setEnded({ sessions: [session], what: browserText(session.userAgent) }),
              refused: session.current ? 'You are in it. Use “Sign out”.' : undefined,
            },
          ]}
        >
          {list.isLoading ? null : <Empty>This person is signed in nowhere.</Empty>}
        </Grid>
      )}
      {ended !== undefined && (
        <Confirm
          title={ended.sessions.length === 1 ? 'End this session?' : `End ${ended.sessions.length} sessions?`}
          action={ended.sessions.length === 1 ? 'End it' : 'End them'}
          onConfirm={() => end(ended.sessions)}
          onClose={() => setEnded(undefined)}
        >
          <p>
            Whoever is signed in there ({ended.what}) has to sign in again. What they have not saved is lost.
          </p>
        </Confirm>
      )}
    </SettingsPage>
  );
}

interface PersonFilterProps {
  value: string;
  self: number;
  onChange: (value: string) => void;
}

function PersonFilter({ value, self, onChange }: PersonFilterProps) {
  const { data } = useQuery({
    queryKey: ['people', 'names'],
    queryFn: () => answerOf(api.GET('/api/people', { params: { query: { pageSize: 200 } } })),
  });
  const choices = useMemo(() => {
    const people = (data?.people ?? []).filter(({ id }) => id !== self);
    const known = [
      { value: String(self), text: 'My sessions' },
      { value: EVERYBODY, text: 'Everybody’s' },
      ...people.map(({ id, name, email }) => ({ value: String(id), text: name, hint: email })),
    ];
    return known.some((choice) => choice.value === value)
      ? known
      : [...known, { value, text: `Person ${value}` }];
  }, [data, self, value]);
  return <FilterSelect label="Whose sessions" {...{ value, choices, onChange }} />;
}
