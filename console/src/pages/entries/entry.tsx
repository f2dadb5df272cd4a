import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { useJourneys } from '../../api/names';
import { Anchor } from '../../ui/anchor';
import { Badge } from '../../ui/badge';
import { CopyButton } from '../../ui/code';
import { Fact, Facts } from '../../ui/facts';
import { NotYet } from '../../ui/feedback/not-yet';
import { Notice } from '../../ui/feedback/notice';
import { Time } from '../../ui/time';
import { lengthWords } from '../../words/durations';
import { REASONS, reasonText } from '../../words/reasons';
import { DeliveryStatus } from '../deliveries/status';
import { hrefOfDelivery, hrefOfTile, type ListedDelivery, senderOf } from '../deliveries/words';
import { EntryPath } from './path';
import { EntryStatus } from './status';
import { useEntry } from './use-entry';
import { type Entry, hrefOfEntry, hrefOfUser, UNTIL, userOf, WAITING } from './words';
import { isolated, quoted } from '../../words/quoted';
import './entries.css';

/** An entry: where the user is or how it ended, and how they came there. */
export function EntryDetail({ id }: { id: string }) {
  const { data: entry, error, refetch } = useEntry(id);
  const { data: sent } = useQuery({
    queryKey: ['deliveries', 'of-entry', id, entry?.deliveries.length ?? 0, entry?.status],
    queryFn: () =>
      answerOf(api.GET('/api/deliveries', { params: { query: { entryId: id, pageSize: 200 } } })),
    enabled: entry !== undefined && entry.deliveries.length > 0,
  });
  if (entry === undefined) return <NotYet error={error} onRetry={() => void refetch()} />;
  // Listed newest first, and shown as they went.
  const deliveries = [...(sent?.deliveries ?? [])].reverse();
  return (
    <>
      <Standing entry={entry} />
      <About entry={entry} />
      <section className="stack">
        <h3>Path</h3>
        <EntryPath entry={entry} deliveries={deliveries} />
      </section>
      <Deliveries deliveries={deliveries} />
      <Sendings entry={entry} />
    </>
  );
}

/** Where the user stands, in a sentence. */
function Standing({ entry }: { entry: Entry }) {
  const { status, reason, detail, supersededBy, waitingFor, email, userId, tileId } = entry;
  const isErased = email === null && userId === null;
  return (
    <>
      {isErased && (
        <Notice tone="info">
          This user was erased. What was sent, trigger data and live data are gone; the path stays, without
          names.
        </Notice>
      )}
      {waitingFor !== null && (
        <Notice tone={waitingFor.what === 'retry' ? 'warn' : 'info'}>
          {WAITING[waitingFor.what] ?? `Waits for ${waitingFor.what}`}
          {tileId !== null && <> at tile {quoted(tileId)}</>}
          {waitingFor.until !== null && (
            <>
              : {UNTIL[waitingFor.what] ?? 'until'} <Time at={waitingFor.until} />
            </>
          )}
          .
        </Notice>
      )}
      {status === 'exited' && (
        <Notice tone={reason === 'exit_rule' || reason === 'consent' ? 'info' : 'bad'}>
          Exited: {detail ?? (reason === null ? '' : reasonText(reason))}{' '}
          {reason === null ? '' : REASONS[reason]?.remedy}
        </Notice>
      )}
      {status === 'cancelled' && (
        <Notice tone="info">
          Cancelled{reason !== null && ` (${reasonText(reason).toLowerCase()})`}
          {supersededBy !== null ? (
            <>
              : <Anchor href={hrefOfEntry(supersededBy)}>a newer entry</Anchor> took its place.
            </>
          ) : (
            detail !== null && `: ${detail}`
          )}
        </Notice>
      )}
    </>
  );
}

function About({ entry }: { entry: Entry }) {
  const { id, status, test, journeyId, journeyName, version, startedAt, endedAt, sentBy } = entry;
  const href = hrefOfUser(entry);
  return (
    <Facts>
      <Fact name="User">
        {href === undefined ? userOf(entry) : <Anchor href={href}>{userOf(entry)}</Anchor>}
      </Fact>
      <Fact name="Status">
        <EntryStatus status={status} /> {test && <Badge tone="info">Test run</Badge>}
      </Fact>
      <Fact name="Journey">
        <Anchor href={hrefOfTile(journeyId, null)}>{isolated(journeyName)}</Anchor>
        {version === null ? ', draft' : `, version ${version}`}
      </Fact>
      <Fact name="Began">{startedAt === null ? 'Not yet' : <Time at={startedAt} />}</Fact>
      {startedAt !== null && endedAt !== null && (
        <>
          <Fact name="Ended">
            <Time at={endedAt} />
          </Fact>
          <Fact name="Took">{lengthWords(Date.parse(endedAt) - Date.parse(startedAt))}</Fact>
        </>
      )}
      {sentBy !== null && (
        <Fact name="Sent by">
          <Anchor href={hrefOfEntry(sentBy)}>another entry</Anchor>
        </Fact>
      )}
      <Fact name="Entry id">
        <span className="with-copy">
          <span className="mono">{id}</span> <CopyButton what="the entry’s id" text={id} />
        </span>
      </Fact>
    </Facts>
  );
}

function Deliveries({ deliveries }: { deliveries: ListedDelivery[] }) {
  if (deliveries.length === 0) return null;
  return (
    <section className="stack">
      <h3>Deliveries</h3>
      <ul className="row-list">
        {deliveries.map((delivery) => {
          const { id, tileId, status, attemptCount, lastStatus } = delivery;
          const name = `${senderOf(delivery)} at tile ${quoted(tileId ?? '')}`;
          return (
            <li key={id}>
              <span className="grow">
                <Anchor href={hrefOfDelivery(id)}>{name}</Anchor>
                <small>
                  {attemptCount} {attemptCount === 1 ? 'attempt' : 'attempts'}
                  {lastStatus !== null && `, last answer ${lastStatus}`}
                </small>
              </span>
              <DeliveryStatus status={status} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Sendings({ entry: { sentTo } }: { entry: Entry }) {
  const journeys = useJourneys(sentTo.map(({ journeyId }) => journeyId));
  if (sentTo.length === 0) return null;
  return (
    <section className="stack">
      <h3>Sent to other journeys</h3>
      <ul className="row-list">
        {sentTo.map(({ tileId, journeyId, entryId, skipped }) => (
          <li key={`${tileId} ${entryId ?? ''}`}>
            <span className="grow">
              {isolated(journeys.get(journeyId)?.name ?? `Journey ${journeyId}`)}, by tile {quoted(tileId)}
            </span>
            {entryId === null ? (
              <Badge tone="off">Not let in: {skipped}</Badge>
            ) : (
              <Anchor href={hrefOfEntry(entryId)}>Their entry</Anchor>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
