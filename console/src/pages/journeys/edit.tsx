import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, editableAnswerOf } from '../../api/client';
import { Failure } from '../../ui/feedback/failure';
import { Missing } from '../../ui/feedback/missing';
import type { Journey } from './draft/draft';
import { journeyKey } from './draft/editor';
import { JourneyEditor } from './journey-editor';

/** One journey: its draft, and what is done with it. */
export function JourneyPage() {
  const id = Number(useParams({ from: '/shell/journeys/$id' }).id);
  const { data, error, refetch } = useQuery({
    queryKey: journeyKey(id),
    queryFn: () =>
      editableAnswerOf<Journey>(api.GET('/api/journeys/{id}', { params: { path: { id } }, parseAs: 'text' })),
    enabled: Number.isSafeInteger(id),
    // The editor has its own copy: nothing changes under the hands of whoever edits it.
    refetchOnWindowFocus: false,
  });
  if (!Number.isSafeInteger(id)) return <Missing />;
  if (data !== undefined) return <JourneyEditor key={id} journey={data} />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return null;
}
