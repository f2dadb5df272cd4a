import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { Failure } from '../../ui/failure';
import { Missing } from '../../ui/missing';
import { journeyKey } from './draft/editor';
import { JourneyEditor } from './journey-editor';

/** One journey: its draft, and what is done with it. */
export function JourneyPage() {
  const id = Number(useParams({ from: '/shell/journeys/$id' }).id);
  const { data, error, refetch } = useQuery({
    queryKey: journeyKey(id),
    queryFn: () => answerOf(api.GET('/api/journeys/{id}', { params: { path: { id } } })),
    enabled: Number.isSafeInteger(id),
    // The editor has its own copy: nothing changes under the hands of whoever edits it.
    refetchOnWindowFocus: false,
  });
  if (!Number.isSafeInteger(id)) return <Missing />;
  if (data !== undefined) return <JourneyEditor key={id} journey={data} />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return null;
}
