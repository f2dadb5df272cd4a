import { useEffect, useMemo } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download as DownloadIcon } from 'lucide-react';
import { useParams } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { Fact, Facts } from '../../ui/facts';
import { Failure } from '../../ui/feedback/failure';
import { NotYet } from '../../ui/feedback/not-yet';
import { type Column, Grid } from '../../ui/grid/grid';
import { Page } from '../../ui/page';
import { Progress } from '../../ui/feedback/progress';
import { Time } from '../../ui/time';
import { Anchor } from '../../ui/anchor';
import { Button } from '../../ui/button';
import { type Download, useDownload } from '../../ui/overlays/download';
import { readRefused, refusedAsCsv } from './refused';
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
const COLUMNS = { Line: columnsOf('Line'), User: columnsOf('User') };
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
    refetchInterval: ({ state: { data } }) => (data && data.endedAt === undefined ? LOOK_MS : false),
  });
  const queries = useQueryClient();
  const hasEnded = job?.endedAt !== undefined;
  useEffect(() => {
    // What it changed is loaded again where it is looked at next.
    if (hasEnded) void queries.invalidateQueries({ predicate: ({ queryKey: [what] }) => what !== 'job' });
  }, [hasEnded, queries]);
  const title = job === undefined ? 'Job' : kindOf(job);
  const hasRefused = job?.endedAt !== undefined && job.refusedCount > 0;
  return (
    <Page
      title={title}
      back={{ href: '/jobs', text: 'Jobs' }}
      isFull
      beside={job && <JobState state={job.state} />}
      actions={hasRefused && <DownloadRefused job={job} />}
    >
      {job === undefined ? (
        <NotYet error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <div className="stack">
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
        <Subject job={job} />
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

/** What the job is about, with links. */
function Subject({
  job: { journeyId, journeyName, listId, listName, tileId, webhookId, fileName },
}: {
  job: Job;
}) {
  return (
    <>
      {fileName !== undefined && <Fact name="File">{fileName}</Fact>}
      {listId !== undefined && (
        <Fact name="List">
          {listName === undefined ? (
            `${listId}, which was deleted`
          ) : (
            <Anchor href={`/lists/${listId}`}>{listName}</Anchor>
          )}
        </Fact>
      )}
      {journeyId !== undefined && (
        <Fact name="Journey">
          <Anchor href={`/journeys/${journeyId}`}>{journeyName ?? journeyId}</Anchor>
        </Fact>
      )}
      {tileId !== undefined && <Fact name="Tile">{tileId}</Fact>}
      {webhookId !== undefined && (
        <Fact name="Webhook">
          <Anchor href={`/webhooks/${webhookId}`}>{webhookId}</Anchor>
        </Fact>
      )}
    </>
  );
}

interface RefusalsProps {
  job: Job & { refused: { id: string; reason: string }[] };
}

function DownloadRefused({ job }: { job: Job }) {
  const { download, dialog } = useDownload();
  const { id, refusedCount } = job;
  const file: Download = {
    name: `refused-${id}.csv`,
    read: (signal, onProgress) =>
      refusedAsCsv(id, firstOf(job).toLowerCase(), refusedCount, signal, onProgress),
  };
  return (
    <>
      <Button onPress={() => download(file)}>
        <DownloadIcon size={14} aria-hidden /> Download what was refused
      </Button>
      {dialog}
    </>
  );
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
  return <Grid label="Refused" rows={shown} columns={COLUMNS[firstOf(job)]} {...{ keyOf, nameOf }} />;
}

/** All of them: 100,000 are stored, and come page by page as one scrolls. */
function AllRefusals({ job }: { job: Job }) {
  const { id } = job;
  const list = useRows({
    queryKey: ['job', id, 'refused'],
    load: async (pageToken) => {
      const { refused, ...next } = await readRefused(id, pageToken);
      return { ...next, rows: keyed(refused, pageToken) };
    },
    keyOf,
  });
  if (list.error !== null) return <Failure error={list.error} onRetry={list.refetch} />;
  return (
    <Grid
      label="Refused"
      rows={list.rows}
      columns={COLUMNS[firstOf(job)]}
      {...{ keyOf, nameOf }}
      onEnd={list.onEnd}
    />
  );
}

function firstOf({ kind }: Job): keyof typeof COLUMNS {
  return kind === 'import' ? 'Line' : 'User';
}

/** Two rows may have the same name. */
function keyed(refused: { id: string; reason: string }[], page = ''): Refused[] {
  return refused.map((row, index) => ({ ...row, key: `${page}/${index}` }));
}
