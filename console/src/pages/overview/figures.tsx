import type { ReactNode } from 'react';
import { Anchor } from '../../ui/anchor';
import { lengthWords } from '../../words/durations';
import type { Span } from '../../words/since';
import { Line } from './line';
import { totalsOf, type Watch } from './use-watch';

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const whole = (value: number) => value.toLocaleString('en');

/** Four numbers, those of deliveries with their line over time. */
export function Figures({ watch: { sent, users }, span }: { watch: Watch; span: Span }) {
  const { success, p95Ms, delivered, failed } = totalsOf(sent);
  const points = (of: (step: Watch['sent']['steps'][number]) => number | null) =>
    sent.steps.map((step) => ({ at: step.at, value: of(step) }));
  return (
    <div className="figures">
      <Figure
        name="Delivered"
        value={success === null ? '–' : percent.format(success)}
        href={`/deliveries?since=${span}`}
        note={`${whole(delivered)} of ${whole(delivered + failed)}`}
      >
        <Line
          label="Share of deliveries that succeeded"
          points={points((step) =>
            step.delivered + step.failed === 0 ? null : step.delivered / (step.delivered + step.failed),
          )}
          top={1}
          tone="good"
          format={percent.format}
        />
      </Figure>
      <Figure
        name="Failed"
        value={whole(failed)}
        href={`/deliveries?status=failed&since=${span}`}
        note="after all retries"
      >
        <Line
          label="Deliveries that failed"
          points={points(({ failed }) => failed)}
          tone={failed === 0 ? 'good' : 'bad'}
          format={whole}
        />
      </Figure>
      <Figure
        name="Answered in (p95)"
        value={p95Ms === null ? '–' : lengthWords(p95Ms)}
        href={`/deliveries?since=${span}`}
        note="95 of 100 requests, lately"
      >
        <Line
          label="Time in which 95 of 100 requests were answered"
          points={points((step) => step.p95Ms)}
          tone="info"
          format={lengthWords}
        />
      </Figure>
      <Figure
        name="Users under way"
        value={whole(users.users)}
        href="/entries?status=running"
        note={
          users.retrying === 0
            ? 'no request is being repeated'
            : `${whole(users.retrying)} with a request that is repeated`
        }
      >
        <span className="gauge" aria-hidden>
          <span style={{ inlineSize: `${users.users === 0 ? 0 : (100 * users.retrying) / users.users}%` }} />
        </span>
      </Figure>
    </div>
  );
}

interface FigureProps {
  name: string;
  value: string;
  note: string;
  href: string;
  children: ReactNode;
}

function Figure({ name, value, note, href, children }: FigureProps) {
  return (
    <section className="card figure" aria-label={name}>
      <h2>
        <Anchor href={href}>{name}</Anchor>
      </h2>
      <p className="value">{value}</p>
      {children}
      <p className="hint">{note}</p>
    </section>
  );
}
