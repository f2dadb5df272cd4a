import { Anchor } from '../../ui/anchor';
import { Time } from '../../ui/time';
import { REASONS, reasonText } from '../../words/reasons';
import type { Span } from '../../words/since';
import { type FailureGroup, hrefOfGroup, keyOfGroup, nameOfGroup } from '../deliveries/failures';

const SHOWN = 8;

/** What failed, by webhook and reason, the most frequent first. */
export function Troubles({ failures, span }: { failures: FailureGroup[]; span: Span }) {
  return (
    <section className="card block">
      <h2>Failures by webhook and reason</h2>
      {failures.length === 0 ? (
        <p className="hint">None. Test runs are not counted.</p>
      ) : (
        <ul className="row-list">
          {failures.slice(0, SHOWN).map((group, index) => (
            <li key={keyOfGroup(group)}>
              <span className="grow">
                <Anchor href={hrefOfGroup(group, span)}>{nameOfGroup(group)}</Anchor>
                <small>
                  {reasonText(group.reason)} · <Time at={group.lastAt} />
                  {group.exited > 0 &&
                    ` · ${group.exited.toLocaleString('en')} ${group.exited === 1 ? 'user' : 'users'} exited`}
                </small>
                {/* Once for all of one reason. */}
                {failures.findIndex(({ reason }) => reason === group.reason) === index && (
                  <small>{REASONS[group.reason]?.remedy}</small>
                )}
              </span>
              <strong className="count">{group.count.toLocaleString('en')}</strong>
            </li>
          ))}
        </ul>
      )}
      {failures.length > SHOWN && (
        <Anchor href={`/deliveries?tab=failures&since=${span}`}>
          {`All ${failures.length.toLocaleString('en')} groups`}
        </Anchor>
      )}
    </section>
  );
}
