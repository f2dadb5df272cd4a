import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../../api/client';
import { useRows } from '../../../api/rows';
import { Badge, type Tone } from '../../../ui/badge';
import { Button } from '../../../ui/button';
import { Failure } from '../../../ui/feedback/failure';
import { type Column, Grid } from '../../../ui/grid/grid';
import { Time } from '../../../ui/time';
import type { Identity } from '../names';
import { Part } from './part';
import { entriesOf, type Entry, keyOfUser } from '../queries';

const TONES: Record<string, Tone> = {
  accepted: 'held',
  running: 'info',
  completed: 'good',
  exited: 'warn',
  cancelled: 'off',
};

const columns: Column<Entry>[] = [
  {
    id: 'journey',
    title: 'Journey',
    width: 'minmax(120px, 2fr)',
    cell: ({ journeyId, tileId, reason }) => (
      <>
        <JourneyName id={journeyId} />
        <span className="under">{[tileId, reason].filter(Boolean).join(' · ')}</span>
      </>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '112px',
    cell: ({ status }) => (
      <Badge tone={TONES[status] ?? 'plain'}>{status[0]!.toUpperCase() + status.slice(1)}</Badge>
    ),
  },
  {
    id: 'tile',
    title: 'Tile',
    width: 'minmax(72px, 1fr)',
    isWide: true,
    cell: ({ tileId }) => tileId ?? <span className="none">–</span>,
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(72px, 1fr)',
    isWide: true,
    cell: ({ reason }) => reason ?? <span className="none">–</span>,
  },
  { id: 'startedAt', title: 'Began', width: '96px', cell: ({ startedAt }) => <Time at={startedAt} /> },
];
const keyOf = ({ id }: Entry) => id;
const hrefOf = ({ id }: Entry) => `/entries/${id}`;

function JourneyName({ id }: { id: number }) {
  const { data: name } = useQuery({
    queryKey: ['journey', id, 'name'],
    queryFn: async () => (await answerOf(api.GET('/api/journeys/{id}', { params: { path: { id } } }))).name,
    staleTime: 60_000,
  });
  return <>{name ?? `Journey ${id}`}</>;
}

/** The user's passages through journeys, the latest first. */
export function Entries({ identity }: { identity: Identity }) {
  const list = useRows({
    queryKey: ['user', keyOfUser(identity), 'entries'],
    load: (pageToken) => entriesOf(identity, pageToken),
    keyOf,
    isLive: true,
  });
  return (
    <Part
      title="Entries"
      actions={list.newCount > 0 && <Button onPress={list.showNew}>{list.newCount} new</Button>}
    >
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : list.rows.length === 0 ? (
        !list.isLoading && <p className="part-body hint">In no journey so far.</p>
      ) : (
        <Grid
          label="Entries"
          rows={list.rows}
          {...{ columns, keyOf, hrefOf }}
          nameOf={keyOf}
          onEnd={list.onEnd}
        />
      )}
    </Part>
  );
}
