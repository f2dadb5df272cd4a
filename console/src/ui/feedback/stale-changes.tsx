import type { Change } from '../../api/revisions';
import { Time } from '../time';
import { FieldChanges } from './field-changes';
import { isolated } from '../../words/quoted';

/** By the verb of an action, `journey.publish`. */
const VERBS: Record<string, string> = {
  archive: 'archived',
  delete: 'deleted',
  publish: 'published',
  unpublish: 'unpublished',
};

/** Fields of one change that are shown: the audit log has them all. */
const MOST_FIELDS = 8;

/** Who changed what since the page showed it, newest first. */
export function StaleChanges({ changes }: { changes: Change[] }) {
  return changes.map(({ at, actor, action, changes: fields }, index) => (
    <section key={index} className="stale-change" aria-label={`Change by ${actor.name}`}>
      <h3>
        {isolated(actor.name)} {VERBS[action.split('.')[1] ?? ''] ?? 'changed'} it <Time at={at} />
      </h3>
      {fields.length > 0 && <FieldChanges changes={fields.slice(0, MOST_FIELDS)} />}
      {fields.length > MOST_FIELDS && <p className="hint">And {fields.length - MOST_FIELDS} more fields.</p>}
    </section>
  ));
}
