import { useParams } from '@tanstack/react-router';
import { Page } from '../../ui/page';
import { EntryActions } from './actions';
import { EntryDetail } from './entry';
import { useEntry } from './use-entry';
import { userOf } from './words';
import { isolated } from '../../words/quoted';

export function EntryPage() {
  const { id } = useParams({ from: '/shell/entries/$id' });
  const { data } = useEntry(id);
  return (
    <Page
      title={data === undefined ? 'Entry' : `${userOf(data)} in ${isolated(data.journeyName)}`}
      back={{ href: '/entries', text: 'Entries' }}
      actions={<EntryActions id={id} />}
    >
      <div className="card detail-page">
        <h2 className="sr">What happened</h2>
        <EntryDetail key={id} id={id} />
      </div>
    </Page>
  );
}
