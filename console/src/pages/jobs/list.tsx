import { Link } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { useMayChangeUsers } from '../../shell/rights';
import { Badge } from '../../ui/badge';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Page } from '../../ui/page';
import { Progress } from '../../ui/feedback/progress';
import { Time } from '../../ui/time';
import { JobState } from './state';
import { type Job, kindOf, counted, outcomeOf, subjectOf } from './words';

function Subject({ text }: { text: string | undefined }) {
  return text === undefined ? <span className="none">–</span> : <span title={text}>{text}</span>;
}

const columns: Column<Job>[] = [
  {
    id: 'kind',
    title: 'Job',
    width: 'minmax(140px, 2fr)',
    cell: (job) => (
      <>
        {kindOf(job)}
        <span className="under">{[subjectOf(job), outcomeOf(job)].filter(Boolean).join(' · ')}</span>
      </>
    ),
  },
  {
    id: 'subject',
    title: 'About',
    width: 'minmax(160px, 4fr)',
    isWide: true,
    cell: (job) => <Subject text={subjectOf(job)} />,
  },
  { id: 'state', title: 'State', width: '112px', cell: ({ state }) => <JobState state={state} /> },
  {
    id: 'progress',
    title: 'Progress',
    width: 'minmax(120px, 2fr)',
    isWide: true,
    cell: (job) => <Progress label={`Progress of ${kindOf(job)}`} done={job.done} total={job.total} />,
  },
  {
    id: 'refused',
    title: 'Refused',
    width: '104px',
    isWide: true,
    cell: (job) =>
      job.refusedCount === 0 ? (
        <span className="none">–</span>
      ) : (
        <Badge tone="warn">{counted(job.refusedCount, job)}</Badge>
      ),
  },
  {
    id: 'createdAt',
    title: 'Created',
    width: '96px',
    isWide: true,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    id: 'endedAt',
    title: 'Ended',
    width: '96px',
    isWide: true,
    cell: ({ endedAt }) => <Time at={endedAt} />,
  },
];
const CURL = `curl -X POST ${location.origin}/api/users/import \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: text/csv" \\
  --data-binary @people.csv`;
const keyOf = ({ id }: Job) => id;
const hrefOf = ({ id }: Job) => `/jobs/${id}`;
async function load(pageToken: string | undefined) {
  const query = { pageSize: 100, ...(pageToken && { pageToken }) };
  const { jobs, ...next } = await answerOf(api.GET('/api/jobs', { params: { query } }));
  return { ...next, rows: jobs };
}

export function JobList() {
  const mayChange = useMayChangeUsers();
  const list = useRows({ queryKey: ['jobs'], load, keyOf, isLive: true });
  return (
    <Page title="Jobs" isFull>
      <div className="filters">
        <p className="hint">Work on many users, done in the background. This list is live.</p>
        <NewRows count={list.newCount} onShow={list.showNew} />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Jobs"
          rows={list.rows}
          {...{ columns, keyOf, hrefOf }}
          nameOf={kindOf}
          onEnd={list.onEnd}
        >
          {list.isLoading ? null : (
            <Empty curl={CURL} action={mayChange && <Link to="/users/import">Import users</Link>}>
              An import of users, or a list sent into a journey, is a job. There is none yet.
            </Empty>
          )}
        </Grid>
      )}
    </Page>
  );
}
