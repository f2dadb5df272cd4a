import { HeadersTable, BodyText } from '../../ui/request-view';
import { Fact, Facts } from '../../ui/facts';
import { Time } from '../../ui/time';
import { lengthWords } from '../../words/durations';
import { reasonText } from '../../words/reasons';
import { AttemptOutcome } from './status';
import type { Attempt } from './words';

/** As much of an answer's body as is stored. */
const STORED = 16_384;

interface AttemptDetailProps {
  attempt: Attempt;
  /** Whether the person may not see what was answered. */
  isAnswerHidden: boolean;
}

/** One request and its answer. */
export function AttemptDetail({ attempt, isAnswerHidden }: AttemptDetailProps) {
  const { number, startedAt, durationMs, status, outcome, reason, detail, nextAttemptAt, response } = attempt;
  const note =
    response !== null && new Blob([response.body]).size >= STORED - 3
      ? 'The first 16 KiB. More of an answer is not stored.'
      : undefined;
  return (
    <section className="attempt" aria-label={`Attempt ${number}`}>
      <Facts>
        <Fact name="Outcome">
          <AttemptOutcome outcome={outcome} />
        </Fact>
        <Fact name="Answer">{status ?? <span className="none">none</span>}</Fact>
        <Fact name="Took">{durationMs === null ? '–' : lengthWords(durationMs)}</Fact>
        <Fact name="Sent">
          <Time at={startedAt} />
        </Fact>
        {reason !== null && <Fact name="Reason">{reasonText(reason)}</Fact>}
        {nextAttemptAt !== null && (
          <Fact name="Next attempt">
            <Time at={nextAttemptAt} />
          </Fact>
        )}
      </Facts>
      {detail !== null && <p className="detail">{detail}</p>}
      {isAnswerHidden ? null : response === null ? (
        <p className="hint">No answer came.</p>
      ) : (
        <>
          <h4>Answer</h4>
          <HeadersTable headers={response.headers} />
          {response.body === '' ? (
            <p className="hint">It has no body.</p>
          ) : (
            <BodyText label="Body of the answer" text={response.body} note={note} />
          )}
        </>
      )}
    </section>
  );
}
