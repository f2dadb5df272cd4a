import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { looking } from '../../api/looking';
import type { paths } from '../../../types/schema';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { FilterSelect } from '../../ui/grid/filter-select';
import { type Column, Grid } from '../../ui/grid/grid';
import { Time } from '../../ui/time';
import { REASONS, reasonText } from '../../words/reasons';
import { stringifySearch } from '../../words/search';
import { beginOf, type Span, SPAN_CHOICES, spanOf } from '../../words/since';
import { hrefOfDelivery, senderOf } from './words';
import { isolated, quoted } from '../../words/quoted';

export type FailureGroup =
  paths['/api/deliveries/failures']['get']['responses'][200]['content']['application/json']['failures'][number];

const LOOK_MS = 10_000;

/** What failed lately, by webhook and reason: the most frequent first. */
export function useFailures(span: Span) {
  return useQuery({
    queryKey: ['deliveries', 'failures', span],
    queryFn: () =>
      answerOf(api.GET('/api/deliveries/failures', { params: { query: { since: beginOf(span) } } })),
    refetchInterval: looking(LOOK_MS),
  });
}

export function nameOfGroup(group: FailureGroup): string {
  const { journeyName, tileId } = group;
  return tileId === null
    ? senderOf(group)
    : `${senderOf(group)} of tile ${quoted(tileId)}, ${isolated(journeyName ?? '')}`;
}

/** The deliveries of a group; of an event webhook, the last one. */
export function hrefOfGroup(group: FailureGroup, span: Span): string {
  const { webhookId, journeyId, tileId, reason, lastDeliveryId } = group;
  const failed = { status: 'failed', reason, since: span };
  if (webhookId !== null) return `/deliveries${stringifySearch({ ...failed, webhook: webhookId })}`;
  if (journeyId === null || tileId === null) return hrefOfDelivery(lastDeliveryId);
  return `/deliveries${stringifySearch({ ...failed, journey: journeyId, tile: tileId })}`;
}

export const keyOfGroup = (group: FailureGroup) =>
  [group.webhookId, group.eventWebhookId, group.journeyId, group.tileId, group.reason].join(' ');

const columns: Column<FailureGroup>[] = [
  {
    id: 'webhook',
    title: 'Webhook',
    width: 'minmax(96px, 2fr)',
    cell: (group) => (
      <>
        {nameOfGroup(group)}
        <span className="under">{reasonText(group.reason)}</span>
      </>
    ),
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(120px, 1fr)',
    isWide: true,
    cell: ({ reason }) => <span title={REASONS[reason]?.remedy}>{reasonText(reason)}</span>,
  },
  { id: 'count', title: 'Failed', width: '72px', cell: ({ count }) => count.toLocaleString('en') },
  {
    id: 'exited',
    title: 'Users exited',
    width: '96px',
    isWide: true,
    cell: ({ exited }) => (exited === 0 ? <span className="none">–</span> : exited.toLocaleString('en')),
  },
  {
    id: 'firstAt',
    title: 'First',
    width: '96px',
    isWide: true,
    cell: ({ firstAt }) => <Time at={firstAt} />,
  },
  { id: 'lastAt', title: 'Last', width: '96px', cell: ({ lastAt }) => <Time at={lastAt} /> },
];

export function FailureGroups() {
  const { since } = useSearch({ from: '/shell/deliveries' });
  const span = spanOf(since) ?? '24h';
  const navigate = useNavigate({ from: '/deliveries' });
  const { data, error, refetch } = useFailures(span);
  return (
    <>
      <div className="filters">
        <FilterSelect
          label="Time"
          value={span}
          choices={SPAN_CHOICES}
          onChange={(value) =>
            void navigate({ search: (before) => ({ ...before, since: value }), replace: true })
          }
        />
        <span className="tally">Test runs are not counted.</span>
      </div>
      {error !== null && data === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Grid
          label="Failures by webhook and reason"
          rows={data?.failures ?? []}
          columns={columns}
          keyOf={keyOfGroup}
          nameOf={nameOfGroup}
          hrefOf={(group) => hrefOfGroup(group, span)}
        >
          {data === undefined ? null : <Empty>Nothing has failed in this time.</Empty>}
        </Grid>
      )}
    </>
  );
}
