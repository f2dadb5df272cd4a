import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import type { paths } from '../../../types/schema';
import { Code } from '../../ui/code';
import { Failure } from '../../ui/feedback/failure';
import { exactTime, relativeTime } from '../../words/time';

type Entry = paths['/api/entries/{id}']['get']['responses'][200]['content']['application/json'];
type Delivery = paths['/api/deliveries/{id}']['get']['responses'][200]['content']['application/json'];
type Received =
  paths['/api/inbox/{name}']['get']['responses'][200]['content']['application/json']['requests'][number];

/** How often it is looked what has happened since, until all has; less often while an endpoint is to be called again. */
const LOOK_MS = 700;
const LOOK_MS_BETWEEN = 4_000;

interface Sent {
  entry: Entry;
  delivery: Delivery | undefined;
  /** What the inbox recorded of it. */
  received: Received | undefined;
}

/** A user's way through the journey, as it happens. */
export function Passage({ entryId, isOwn }: { entryId: string; isOwn: boolean }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['start', entryId],
    queryFn: () => look(entryId, isOwn),
    refetchInterval: ({ state: { data } }) => {
      if (data && isOver(data, isOwn)) return false;
      return data?.delivery?.attempts.at(-1)?.nextAttemptAt ? LOOK_MS_BETWEEN : LOOK_MS;
    },
  });
  if (data === undefined) {
    return error === null ? (
      <section className="card placeholder" aria-label="What arrives">
        <p role="status">Looking where the user is…</p>
      </section>
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  }
  const { entry, delivery, received } = data;
  const attempt = delivery?.attempts.at(-1);
  const request = received ?? delivery?.request;
  return (
    <section className="card arrivals" aria-label="What arrives">
      <div role="status">
        <ol>
          <Step state="done">
            The user entered journey{' '}
            <Link to="/journeys/$id" params={{ id: String(entry.journeyId) }}>
              {entry.journeyId}
            </Link>
            .
          </Step>
          {delivery !== undefined && <Step state={stateOf(delivery)}>{sentence(delivery)}</Step>}
          {!isOwn && delivery?.status === 'delivered' && (
            <Step state={received === undefined ? 'open' : 'done'}>
              {received === undefined ? 'The inbox is asked for it.' : 'It has arrived in the inbox.'}
            </Step>
          )}
          <Step state={stateOf(entry)}>
            {entry.endedAt === null
              ? 'The user is under way.'
              : entry.status === 'completed'
                ? 'The user has completed the journey.'
                : `The user left the journey: ${entry.reason ?? entry.status}.`}
          </Step>
        </ol>
      </div>
      {request && (
        <>
          <Code
            label={received ? 'The request, as it arrived' : 'The request, as it was sent'}
            text={requestText(request)}
          />
          {attempt?.response && (
            <Code
              label={`The answer${attempt.status === null ? '' : `: ${attempt.status}`}`}
              text={attempt.response.body === '' ? '(empty)' : attempt.response.body}
            />
          )}
        </>
      )}
      {entry.endedAt !== null && (
        <p>
          Next: <Link to="/journeys">build a journey of your own</Link>, or{' '}
          <Link to="/webhooks">change what a webhook sends</Link>.
        </p>
      )}
    </section>
  );
}

async function look(entryId: string, isOwn: boolean): Promise<Sent> {
  const entry = await answerOf(api.GET('/api/entries/{id}', { params: { path: { id: entryId } } }));
  const [id] = entry.deliveries;
  if (id === undefined) return { entry, delivery: undefined, received: undefined };
  const delivery = await answerOf(api.GET('/api/deliveries/{id}', { params: { path: { id } } }));
  return { entry, delivery, received: isOwn ? undefined : await receivedBy(id) };
}

async function receivedBy(deliveryId: string): Promise<Received | undefined> {
  const params = { path: { name: 'demo' }, query: { pageSize: 20 } };
  const { requests } = await answerOf(api.GET('/api/inbox/{name}', { params }));
  return requests.find(({ headers }) => headers['webhook-id'] === deliveryId);
}

function isOver({ entry, delivery, received }: Sent, isOwn: boolean): boolean {
  return entry.endedAt !== null && (isOwn || received !== undefined || delivery?.status !== 'delivered');
}

type State = 'open' | 'done' | 'failed';

function stateOf({ status, endedAt }: { status: string; endedAt: string | null }): State {
  if (endedAt === null) return 'open';
  return status === 'completed' || status === 'delivered' ? 'done' : 'failed';
}

function sentence({ status, reason, detail, attempts }: Delivery): string {
  const last = attempts.at(-1);
  const answer = last?.status ? `${last.status}` : (last?.reason ?? reason ?? '');
  if (status === 'delivered')
    return `The webhook was sent, and answered ${answer} in ${last?.durationMs ?? 0} ms.`;
  const why = detail ?? last?.detail;
  if (status === 'failed') return `The webhook was not delivered: ${answer}${why ? `. ${why}` : '.'}`;
  if (last?.nextAttemptAt) {
    return `The endpoint answered ${answer}. It is called again ${relativeTime(last.nextAttemptAt)}, at ${exactTime(last.nextAttemptAt)}.`;
  }
  return 'The webhook is being sent.';
}

function requestText({ method, url, headers, body }: NonNullable<Delivery['request']> | Received): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, '', body ?? ''].join('\n');
}

const ICONS = { open: CircleDashed, done: CircleCheck, failed: CircleX };

function Step({ state, children }: { state: State; children: ReactNode }) {
  const Icon = ICONS[state];
  return (
    <li className={state}>
      <Icon size={16} aria-hidden /> <span>{children}</span>
    </li>
  );
}
