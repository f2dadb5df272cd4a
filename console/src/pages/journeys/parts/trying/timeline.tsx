import { Hourglass } from 'lucide-react';
import { Badge, type Tone } from '../../../../ui/badge';
import { Code } from '../../../../ui/code';
import { lengthWords } from '../../../../words/durations';
import { exactTime } from '../../../../words/time';
import type { Draft } from '../../draft/draft';
import { titleOf } from '../versions/difference';
import type { SimulationResult } from './scenario';

type Passage = Pick<
  SimulationResult['users'][number],
  'outcome' | 'reason' | 'detail' | 'endedAt' | 'path' | 'requests'
>;
type Step = Passage['path'][number];
type Request = Passage['requests'][number];

const OUTCOMES: Record<string, { tone: Tone; text: string }> = {
  completed: { tone: 'good', text: 'Completed' },
  exited: { tone: 'bad', text: 'Exited' },
  cancelled: { tone: 'off', text: 'Cancelled' },
  running: { tone: 'held', text: 'Still under way' },
  skipped: { tone: 'warn', text: 'Not let in' },
};

interface ResultProps {
  result: SimulationResult;
  /** Of the users, in their order. */
  names: readonly string[];
  /** When the simulation began, in ms. */
  startAt: number;
  draft: Draft;
  openTile: (id: string) => void;
}

/** What a simulation found: what nobody came to, and the way of each user. */
export function Result({ result, names, startAt, draft, openTile }: ResultProps) {
  const titles = new Map(draft.tiles.map((tile) => [tile.id, titleOf(tile)]));
  const shared = { startAt, titles, openTile };
  return (
    <div className="result">
      <Uncovered {...{ result, titles, openTile }} />
      {result.users.map((user, index) => (
        <section key={index} aria-label={names[index]} className="passage">
          <h3>{names[index]}</h3>
          <PassageView passage={user} {...shared} />
          {user.later.map(({ at, ...later }, number) => (
            <div key={number} className="later">
              <h4>Entered again {moment(at, startAt)}</h4>
              <PassageView passage={later} {...shared} />
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

type Titles = ReadonlyMap<string, string>;

function Uncovered({
  result: { uncovered, untaken },
  titles,
  openTile,
}: Pick<ResultProps, 'result' | 'openTile'> & { titles: Titles }) {
  // The ways of a tile that nobody reached say nothing more.
  const ways = untaken.filter(({ tileId }) => !uncovered.includes(tileId));
  if (uncovered.length === 0 && ways.length === 0) {
    return <p role="status">Every tile was reached, and every way was taken.</p>;
  }
  const link = (tileId: string) => (
    <button type="button" className="link" onClick={() => openTile(tileId)}>
      {titles.get(tileId) ?? 'Tile'} <span className="mono">{tileId}</span>
    </button>
  );
  return (
    <div className="uncovered" role="status">
      {uncovered.length > 0 && (
        <>
          <p className="label">Nobody reached</p>
          <ul>
            {uncovered.map((tileId) => (
              <li key={tileId}>{link(tileId)}</li>
            ))}
          </ul>
        </>
      )}
      {ways.length > 0 && (
        <>
          <p className="label">Nobody took</p>
          <ul>
            {ways.map(({ tileId, way }) => (
              <li key={`${tileId} ${way}`}>
                {link(tileId)} → {way}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface PassageProps {
  passage: Passage;
  startAt: number;
  titles: Titles;
  openTile: (id: string) => void;
}

function PassageView({ passage, startAt, titles, openTile }: PassageProps) {
  const { outcome, reason, detail, endedAt, path, requests } = passage;
  const { tone, text } = OUTCOMES[outcome] ?? { tone: 'plain', text: outcome };
  const byStep = requestsByStep(path, requests);
  return (
    <>
      <p className="outcome">
        <Badge tone={tone}>{text}</Badge> {[reason, detail].filter((part) => part !== undefined).join(': ')}
        {endedAt !== null && <span className="none"> {moment(endedAt, startAt)}</span>}
      </p>
      <ol className="timeline">
        {path.map((step, index) => (
          <StepView
            key={index}
            {...{ step, startAt, openTile }}
            title={titles.get(step.tileId) ?? 'Tile'}
            requests={byStep[index]!}
          />
        ))}
      </ol>
    </>
  );
}

interface StepProps {
  step: Step;
  startAt: number;
  title: string;
  requests: Request[];
  openTile: (id: string) => void;
}

function StepView({ step, startAt, title, requests, openTile }: StepProps) {
  const { tileId, at, took, way, why } = step;
  const hasWaited = took !== null && took >= 1_000;
  return (
    <li>
      <span className="at" title={exactTime(at)}>
        {moment(at, startAt)}
      </span>
      <div className="step">
        <p>
          <button type="button" className="link" onClick={() => openTile(tileId)}>
            {title} <span className="mono">{tileId}</span>
          </button>{' '}
          {way !== null && way !== 'next' && <>→ {way}</>}
        </p>
        {why !== null && <p className="hint">{why}</p>}
        {requests.map((request) => (
          <RequestView key={request.attempt} request={request} startAt={startAt} />
        ))}
        {hasWaited && (
          <p className="waited">
            <Hourglass size={12} aria-hidden /> {lengthWords(took)} pass
          </p>
        )}
      </div>
    </li>
  );
}

function RequestView({ request, startAt }: { request: Request; startAt: number }) {
  const { attempt, at, method, url, headers, body, status } = request;
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <details className="request">
      <summary>
        <span className="method">{method}</span> <span className="mono url">{url}</span>{' '}
        <Badge tone={status !== null && status < 300 ? 'good' : 'bad'}>{status ?? 'No answer'}</Badge>
        {attempt > 1 && <span className="none">request {attempt}</span>}
      </summary>
      <p className="hint">{moment(at, startAt)}</p>
      <Code label="Headers" text={head.join('\n')} />
      {body !== undefined && <Code label="Body" text={body} />}
    </details>
  );
}

/** The requests of each visit: those of its tile since it began. */
function requestsByStep(path: readonly Step[], requests: readonly Request[]): Request[][] {
  const found = path.map((): Request[] => []);
  for (const request of requests) {
    const index = path.findLastIndex(({ tileId, at }) => tileId === request.tileId && at <= request.at);
    found[index]?.push(request);
  }
  return found;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });

/** “Day 3, 09:00”, by the clocks of UTC, from the day of the start. */
function moment(at: string, startAt: number): string {
  const day = Math.floor(Date.parse(at) / 86_400_000) - Math.floor(startAt / 86_400_000) + 1;
  const isWhole = Date.parse(at) % 60_000 === 0;
  return `Day ${day}, ${(isWhole ? clock : clockWithSeconds).format(new Date(at))}`;
}
