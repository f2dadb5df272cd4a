import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Fact, Facts } from '../../ui/facts';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { Page } from '../../ui/page';
import { Progress } from '../../ui/feedback/progress';
import { Time } from '../../ui/time';
import { BackLink } from '../../ui/back-link';
import { JobState } from './state';
import { type Job, kindOf, unitOf } from './words';
import './job.css';

const LOOK_MS = 1_000;

interface Refused {
  key: string;
  id: string;
  reason: string;
}

const columnsOf = (first: string): Column<Refused>[] => [
  { id: 'id', title: first, width: 'minmax(80px, 1fr)', cell: ({ id }) => id },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(0, 4fr)',
    cell: ({ reason }) => (
      <span className="refusal" title={reason}>
        {reason}
      </span>
    ),
  },
];
const LINES = columnsOf('Line');
const USERS = columnsOf('User');
const keyOf = ({ key }: Refused) => key;
const nameOf = ({ id }: Refused) => id;

export function JobPage() {
  const { id } = useParams({ from: '/shell/jobs/$id' });
  const {
    data: job,
    error,
    refetch,
  } = useQuery({
    queryKey: ['job', id],
    queryFn: () => answerOf(api.GET('/api/jobs/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.endedAt === undefined ? LOOK_MS : false),
  });
  const title = job === undefined ? 'Job' : kindOf(job);
  return (
    <Page title={title} isFull beside={job && <JobState state={job.state} />}>
      {job === undefined ? (
        error !== null && <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <div className="stack">
            <BackLink href="/jobs">Jobs</BackLink>
            <Outline job={job} />
          </div>
          <Refusals job={job} />
        </>
      )}
    </Page>
  );
}

function Outline({ job }: { job: Job }) {
  const { state, reason, done, total, refusedCount } = job;
  return (
    <>
      <div role="status">
        <Progress
          label="Progress"
          done={done}
          total={total}
          text={`${done.toLocaleString('en')}${total === null ? '' : ` of ${total.toLocaleString('en')}`} ${unitOf(job)}`}
        />
      </div>
      {state === 'failed' && (
        <p className="error" role="alert">
          {reason ?? 'It failed.'}
        </p>
      )}
      <Facts>
        <Fact name="Applied">{(done - refusedCount).toLocaleString('en')}</Fact>
        <Fact name="Refused">{refusedCount.toLocaleString('en')}</Fact>
        <Fact name="Created">
          <Time at={job.createdAt} />
        </Fact>
        <Fact name="Started">
          <Time at={job.startedAt} />
        </Fact>
        <Fact name="Ended">
          <Time at={job.endedAt} />
        </Fact>
        <Fact name="Id">
          <code>{job.id}</code>
        </Fact>
      </Facts>
    </>
  );
}

interface RefusalsProps {
  job: Job & { refused: { id: string; reason: string }[] };
}

/** While the job runs, the first that it refused. */
function Refusals({ job }: RefusalsProps) {
  const { refusedCount, endedAt, refused } = job;
  const shown = useMemo(() => keyed(refused), [refused]);
  if (refusedCount === 0) {
    return (
      <p className="hint">{endedAt === undefined ? 'Nothing was refused so far.' : 'Nothing was refused.'}</p>
    );
  }
  if (endedAt !== undefined) return <AllRefusals job={job} />;
  return <Grid label="Refused" rows={shown} columns={columnsFor(job)} {...{ keyOf, nameOf }} />;
}

/** All of them: 100,000 are stored, and come page by page as one scrolls. */
function AllRefusals({ job }: { job: Job }) {
  const { id } = job;
  const list = useRows({
    queryKey: ['job', id, 'refused'],
    load: async (pageToken) => {
      const query = { pageSize: 200, ...(pageToken && { pageToken }) };
      const params = { path: { id }, query };
      const { refused, ...next } = await answerOf(api.GET('/api/jobs/{id}/refused', { params }));
      return { ...next, rows: keyed(refused, pageToken) };
    },
    keyOf,
  });
  if (list.error !== null) return <Failure error={list.error} onRetry={list.refetch} />;
  return (
    <Grid
      label="Refused"
      rows={list.rows}
      columns={columnsFor(job)}
      {...{ keyOf, nameOf }}
      onEnd={list.onEnd}
    />
  );
}

function columnsFor({ kind }: Job): Column<Refused>[] {
  return kind === 'import' ? LINES : USERS;
}

/** Two rows may have the same name. */
function keyed(refused: { id: string; reason: string }[], page = ''): Refused[] {
  return refused.map((row, index) => ({ ...row, key: `${page}/${index}` }));
}
