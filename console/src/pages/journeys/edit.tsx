import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { NotYet } from '../../ui/feedback/not-yet';
import { Missing } from '../../ui/feedback/missing';
import { journeyQuery } from './draft/journey-query';
import { Page } from '../../ui/page';
import { JourneyEditor } from './journey-editor';

const BACK = { href: '/journeys', text: 'Journeys' };

/** One journey: its draft, and what is done with it. */
export function JourneyPage() {
  const id = Number(useParams({ from: '/shell/journeys/$id' }).id);
  const { data, error, refetch } = useQuery({
    ...journeyQuery(id),
    enabled: Number.isSafeInteger(id),
    // The editor has its own copy: nothing changes under the hands of whoever edits it.
    refetchOnWindowFocus: false,
  });
  if (data !== undefined) return <JourneyEditor key={id} journey={data} />;
  const isNone = !Number.isSafeInteger(id);
  return (
    <Page title="Journey" back={BACK}>
      {isNone ? <Missing /> : <NotYet error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}
