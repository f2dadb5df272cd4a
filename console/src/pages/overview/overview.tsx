import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheck, CircleX, CloudOff, Info } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { Anchor } from '../../ui/anchor';
import { messageOf } from '../../ui/feedback/failure';
import { NotYet } from '../../ui/feedback/not-yet';
import { FilterSelect } from '../../ui/grid/filter-select';
import { Page } from '../../ui/page';
import { Time } from '../../ui/time';
import { type Span, SPAN_CHOICES, spanOf } from '../../words/since';
import { FirstSteps } from './first-steps';
import { Figures } from './figures';
import { Troubles } from './troubles';
import { UnderWay } from './under-way';
import { totalsOf, useWatch, type Watch } from './use-watch';
import './overview.css';

export function Overview() {
  const { since } = useSearch({ from: '/shell/' });
  const span = spanOf(since) ?? '24h';
  const navigate = useNavigate({ from: '/' });
  const { watch, error, isStale, refetch } = useWatch(span);
  const isNew = useIsNew(watch);
  return (
    <Page
      title="Overview"
      actions={
        !isNew && (
          <span className="filters">
            <FilterSelect
              label="Time"
              value={span}
              choices={SPAN_CHOICES}
              onChange={(value) => void navigate({ search: { since: value }, replace: true })}
            />
          </span>
        )
      }
    >
      {watch === undefined ? (
        <NotYet error={error} onRetry={refetch} />
      ) : isNew ? (
        <FirstSteps />
      ) : (
        <>
          {isStale ? (
            <div className="verdict warn" role="status">
              <CloudOff size={20} aria-hidden />
              <div>
                <h2>{messageOf(error)}</h2>
                <p>What stands below is of earlier. This page tries again.</p>
              </div>
            </div>
          ) : (
            <Verdict watch={watch} span={span} />
          )}
          <Figures watch={watch} span={span} />
          <div className="overview-lists">
            <Troubles failures={watch.failures} span={span} />
            <UnderWay users={watch.users} />
          </div>
        </>
      )}
    </Page>
  );
}

/** Whether this is a new installation: there is no journey, and nothing was sent. */
function useIsNew(watch: Watch | undefined): boolean {
  const isQuiet = watch !== undefined && watch.users.users === 0 && watch.sent.steps.every(isEmpty);
  const { data: count } = useQuery({
    queryKey: ['journeys', 'first'],
    queryFn: async () =>
      (await answerOf(api.GET('/api/journeys', { params: { query: { pageSize: 1 } } }))).journeys.length,
    enabled: isQuiet,
  });
  return isQuiet && count === 0;
}

function isEmpty({ delivered, failed, pending }: Watch['sent']['steps'][number]): boolean {
  return delivered + failed + pending === 0;
}

const WHEN: Record<Span, string> = {
  '1h': 'in the last hour',
  '24h': 'in the last 24 hours',
  '7d': 'in the last 7 days',
  '30d': 'in the last 30 days',
};

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Is anything wrong? */
function Verdict({ watch: { failures, sent, users }, span }: { watch: Watch; span: Span }) {
  const { delivered, pending, failed } = totalsOf(sent);
  const failing = new Set(
    failures.map(({ webhookId, tileId, journeyId }) => `${webhookId} ${journeyId} ${tileId}`),
  );
  const last = failures
    .map(({ lastAt }) => lastAt)
    .sort()
    .at(-1);
  const exited = failures.reduce((total, group) => total + group.exited, 0);
  if (failing.size > 0) {
    return (
      <div className="verdict bad" role="status">
        <CircleX size={20} aria-hidden />
        <div>
          <h2>
            {failing.size === 1 ? '1 webhook has failed' : `${failing.size} webhooks have failed`}{' '}
            {WHEN[span]}
          </h2>
          <p>
            {failed.toLocaleString('en')} of {counted(delivered + failed, 'delivery', 'deliveries')} failed,
            the last <Time at={last} />
            {exited > 0 && `; ${counted(exited, 'user has', 'users have')} exited`}.{' '}
            <Anchor href={`/deliveries?tab=failures&since=${span}`}>See what failed</Anchor>
          </p>
        </div>
      </div>
    );
  }
  if (users.retrying > 0) {
    return (
      <div className="verdict warn" role="status">
        <Info size={20} aria-hidden />
        <div>
          <h2>
            Nothing has failed, and {counted(users.retrying, 'request is', 'requests are')} being repeated
          </h2>
          <p>Endpoints did not take them. A request is repeated up to three times, three minutes apart.</p>
        </div>
      </div>
    );
  }
  return (
    <div className="verdict good" role="status">
      <CircleCheck size={20} aria-hidden />
      <div>
        <h2>All is well</h2>
        <p>
          {delivered + pending === 0
            ? `Nothing was sent ${WHEN[span]}.`
            : `${counted(delivered, 'delivery', 'deliveries')} ${WHEN[span]}, and none has failed.`}
        </p>
      </div>
    </div>
  );
}
