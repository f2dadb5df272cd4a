import { useRows } from '../../../api/rows';
import { Button } from '../../../ui/button';
import { Failure } from '../../../ui/feedback/failure';
import { Waiting } from '../../../ui/feedback/not-yet';
import { type Column, Grid } from '../../../ui/grid/grid';
import { Time } from '../../../ui/time';
import { ReasonCell } from '../../../watching/reason-cell';
import { reasonText } from '../../../words/reasons';
import { EntryStatus } from '../../entries/status';
import type { Identity } from '../names';
import { Part } from './part';
import { entriesOf, type Entry, keyOfUser } from '../queries';
import { isolated } from '../../../words/quoted';

const columns: Column<Entry>[] = [
  {
    id: 'journey',
    title: 'Journey',
    width: 'minmax(88px, 2fr)',
    cell: ({ journeyName, tileId, reason }) => (
      <>
        {isolated(journeyName)}
        <span className="under">{[tileId, reason && reasonText(reason)].filter(Boolean).join(' · ')}</span>
      </>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '104px',
    cell: ({ status }) => <EntryStatus status={status} />,
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
    cell: ReasonCell,
  },
  { id: 'startedAt', title: 'Began', width: '84px', cell: ({ startedAt }) => <Time at={startedAt} /> },
];
const keyOf = ({ id }: Entry) => id;
const hrefOf = ({ id }: Entry) => `/entries/${id}`;

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
        list.isLoading ? (
          <Waiting />
        ) : (
          <p className="part-body hint">In no journey so far.</p>
        )
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
