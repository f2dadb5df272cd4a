import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { looking } from '../../api/looking';
import type { paths } from '../../../types/schema';
import { beginOf, type Span } from '../../words/since';
import { useFailures } from '../deliveries/failures';

type Summary = paths['/api/deliveries/summary']['get']['responses'][200]['content']['application/json'];
type UnderWay = paths['/api/entries/summary']['get']['responses'][200]['content']['application/json'];

const LOOK_MS = 10_000;

/** Everything that says whether something is wrong. */
export function useWatch(span: Span) {
  const failures = useFailures(span);
  const summary = useQuery({
    queryKey: ['deliveries', 'summary', span],
    queryFn: () =>
      answerOf(api.GET('/api/deliveries/summary', { params: { query: { since: beginOf(span) } } })),
    refetchInterval: looking(LOOK_MS),
  });
  const underWay = useQuery({
    queryKey: ['entries', 'summary'],
    queryFn: () => answerOf(api.GET('/api/entries/summary')),
    refetchInterval: looking(LOOK_MS),
  });
  const parts = [failures, summary, underWay];
  const { data: failed } = failures;
  const { data: sent } = summary;
  const { data: users } = underWay;
  return {
    watch: failed && sent && users ? { failures: failed.failures, sent, users } : undefined,
    error: parts.find(({ error }) => error !== null)?.error ?? null,
    /** Whether what is shown is of earlier: the server is away. */
    isStale: parts.some(({ error, data }) => error !== null && data !== undefined),
    refetch: () => void Promise.all(parts.map((part) => part.refetch())),
  };
}

export interface Watch {
  failures: NonNullable<ReturnType<typeof useFailures>['data']>['failures'];
  sent: Summary;
  users: UnderWay;
}

/** What became of all deliveries of these steps. */
export function totalsOf({ steps }: Summary) {
  const sum = (of: (step: Summary['steps'][number]) => number) =>
    steps.reduce((total, step) => total + of(step), 0);
  const delivered = sum((step) => step.delivered);
  const failed = sum((step) => step.failed);
  const ended = delivered + failed;
  return {
    ...{ delivered, failed, pending: sum((step) => step.pending) },
    /** 0 to 1; null where none has ended. */
    success: ended === 0 ? null : delivered / ended,
    /** The latest step that has one. */
    p95Ms: steps.findLast(({ p95Ms }) => p95Ms !== null)?.p95Ms ?? null,
  };
}
