import { Anchor } from '../../ui/anchor';
import { Badge } from '../../ui/badge';
import type { Watch } from './use-watch';

const SHOWN = 8;

/** The journeys with users in them: those whose requests are repeated first. */
export function UnderWay({ users: { journeys } }: Pick<Watch, 'users'>) {
  const most = Math.max(1, ...journeys.map(({ users }) => users));
  return (
    <section className="card block">
      <h2>Users under way</h2>
      {journeys.length === 0 ? (
        <p className="hint">Nobody is in a journey now.</p>
      ) : (
        <ul className="row-list">
          {journeys.slice(0, SHOWN).map(({ journeyId, journeyName, users, retrying }) => (
            <li key={journeyId}>
              <span className="grow">
                <Anchor href={`/entries?journey=${journeyId}&status=running`}>{journeyName}</Anchor>
                <span className="share" aria-hidden>
                  <span style={{ inlineSize: `${(100 * users) / most}%` }} />
                </span>
              </span>
              {retrying > 0 && <Badge tone="warn">{retrying.toLocaleString('en')} retrying</Badge>}
              <strong className="count">{users.toLocaleString('en')}</strong>
            </li>
          ))}
        </ul>
      )}
      {journeys.length > SHOWN && <Anchor href="/journeys">All journeys</Anchor>}
    </section>
  );
}
