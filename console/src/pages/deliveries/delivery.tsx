import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { useSession } from '../../shell/session';
import { Anchor } from '../../ui/anchor';
import { Badge } from '../../ui/badge';
import { CopyButton } from '../../ui/code';
import { Fact, Facts } from '../../ui/facts';
import { NotYet } from '../../ui/feedback/not-yet';
import { Notice } from '../../ui/feedback/notice';
import { RequestView } from '../../ui/request-view';
import { Time } from '../../ui/time';
import { REASONS } from '../../words/reasons';
import { curlOf } from '../../words/request';
import { hrefOfUser, userOf } from '../entries/words';
import { AttemptDetail } from './attempt';
import { DeliveryStatus } from './status';
import { type Delivery, hrefOfSender, hrefOfTile, OUTCOME, senderOf } from './words';
import { isolated, quoted } from '../../words/quoted';
import './deliveries.css';

/** How often one that is pending is looked at. */
const LOOK_MS = 5_000;

export function useDelivery(id: string) {
  return useQuery({
    queryKey: ['delivery', id],
    queryFn: () => answerOf(api.GET('/api/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? LOOK_MS : false),
  });
}

interface DeliveryDetailProps {
  id: string;
  /** The number of the attempt that is open; left out, the last one. */
  attempt: string | undefined;
  onAttempt: (number: string) => void;
}

/** A delivery: what was sent, and what was answered to each attempt. */
export function DeliveryDetail({ id, attempt, onAttempt }: DeliveryDetailProps) {
  const { data: delivery, error, refetch } = useDelivery(id);
  if (delivery === undefined) return <NotYet error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Outcome delivery={delivery} />
      <About delivery={delivery} />
      <Attempts delivery={delivery} open={attempt} onOpen={onAttempt} />
      {delivery.contentHidden ? (
        <p className="hint">
          What was sent, and what was answered, is for people who manage integrations. An administrator can
          change your role.
        </p>
      ) : (
        <RequestOf delivery={delivery} />
      )}
    </>
  );
}

function Outcome({ delivery: { status, reason, detail, attempts } }: { delivery: Delivery }) {
  if (status === 'failed') {
    const remedy = reason === null ? undefined : REASONS[reason]?.remedy;
    return (
      <Notice tone="bad">
        {detail} {remedy}
      </Notice>
    );
  }
  const next = attempts.at(-1)?.nextAttemptAt;
  if (status !== 'pending' || next === null || next === undefined) return null;
  return (
    <Notice tone="info">
      The request is repeated: <Time at={next} />
    </Notice>
  );
}

function About({ delivery }: { delivery: Delivery }) {
  const { id, status, entryId, journeyId, journeyName, tileId, eventId, test, createdAt, endedAt } = delivery;
  const user = hrefOfUser(delivery);
  // An inline webhook is a part of its journey, which all may see.
  const isLink = delivery.webhookId === null && delivery.eventWebhookId === null;
  const mayOpen = (useSession()?.manageIntegrations ?? false) || isLink;
  return (
    <Facts>
      <Fact name="Status">
        <DeliveryStatus status={status} /> {test && <Badge tone="info">Test run</Badge>}
      </Fact>
      <Fact name="Webhook">
        {mayOpen ? <Anchor href={hrefOfSender(delivery)}>{senderOf(delivery)}</Anchor> : senderOf(delivery)}
      </Fact>
      {entryId !== null && (
        <Fact name="User">
          {user === undefined ? userOf(delivery) : <Anchor href={user}>{userOf(delivery)}</Anchor>}
        </Fact>
      )}
      {entryId !== null && (
        <Fact name="Entry">
          <Anchor href={`/entries/${encodeURIComponent(entryId)}`}>What the user went through</Anchor>
        </Fact>
      )}
      {journeyId !== null && (
        <Fact name="Journey">
          <Anchor href={hrefOfTile(journeyId, tileId)}>
            {isolated(journeyName ?? '')}, tile {quoted(tileId ?? '')}
          </Anchor>
        </Fact>
      )}
      {eventId !== null && (
        <Fact name="Event">
          <span className="mono">{eventId}</span>
        </Fact>
      )}
      <Fact name="Began">
        <Time at={createdAt} />
      </Fact>
      {endedAt !== null && (
        <Fact name="Ended">
          <Time at={endedAt} />
        </Fact>
      )}
      <Fact name="webhook-id">
        <span className="with-copy">
          <span className="mono">{id}</span> <CopyButton what="the webhook-id" text={id} />
        </span>
      </Fact>
    </Facts>
  );
}

function Attempts({
  delivery: { attempts, contentHidden },
  open,
  onOpen,
}: {
  delivery: Delivery;
  open: string | undefined;
  onOpen: (number: string) => void;
}) {
  if (attempts.length === 0) {
    return <p className="hint">Nothing was sent.</p>;
  }
  // A redrive counts its attempts from 1 again: the last one of that number.
  const chosen = attempts.findLast(({ number }) => String(number) === open) ?? attempts.at(-1)!;
  return (
    <section className="stack">
      <h3>
        {attempts.length} {attempts.length === 1 ? 'attempt' : 'attempts'}
      </h3>
      <div className="attempts">
        {attempts.map((attempt) => (
          <button
            key={`${attempt.number} ${attempt.startedAt}`}
            type="button"
            className="attempt-tab"
            aria-pressed={attempt === chosen}
            onClick={() => onOpen(String(attempt.number))}
          >
            <span className={`attempt-dot ${OUTCOME[attempt.outcome ?? '']?.tone ?? 'held'}`} aria-hidden />
            <span className="sr">Attempt</span> {attempt.number}
            <span className="answer">{attempt.status ?? attempt.reason ?? 'open'}</span>
          </button>
        ))}
      </div>
      <AttemptDetail attempt={chosen} isAnswerHidden={contentHidden} />
    </section>
  );
}

function RequestOf({ delivery: { request, status } }: { delivery: Delivery }) {
  if (request === null) {
    return (
      <p className="hint">
        {status === 'failed'
          ? 'The request is not shown: it could not be rendered, or its user was erased.'
          : 'The request is not shown: its user was erased.'}
      </p>
    );
  }
  const isMasked = Object.values(request.headers).some((value) => value === '[redacted]');
  return (
    <section className="stack">
      <h3 className="with-copy">
        Request <CopyButton what="as curl" text={curlOf(request)} />
      </h3>
      <RequestView request={request} />
      {isMasked && (
        <p className="hint">Credentials are shown as [redacted], in the copy for curl too: put yours in.</p>
      )}
    </section>
  );
}
