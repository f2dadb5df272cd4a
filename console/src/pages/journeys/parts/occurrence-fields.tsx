import type { Match, When } from '../../../words/conditions';
import { WhereEditor } from './condition-editor';
import { Occurrence } from './event-fields';
import type { Faults } from '../draft/draft';
import { withOptional } from './optional';

interface OccurrenceProps<Value> {
  value: Value;
  onChange: (value: Value) => void;
  faults: Faults;
  path: string;
}

/** The event of an arm of a wait, or of an exit rule. */
export function OccurrenceFields<Value extends { event?: string; where?: When; match?: Match }>(
  props: OccurrenceProps<Value>,
) {
  const { value, onChange, faults, path } = props;
  const where = (
    <WhereEditor
      value={value.where}
      onChange={(changed) => onChange(withOptional(value, 'where', changed))}
      {...{ faults, path: `${path}.where` }}
    />
  );
  return <Occurrence {...props} where={where} />;
}
