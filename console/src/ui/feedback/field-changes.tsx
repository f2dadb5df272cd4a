import type { FieldChange } from '../../api/revisions';
import './changes.css';

/** What was changed, field by field. */
export function FieldChanges({ changes }: { changes: FieldChange[] }) {
  return (
    <table className="changes" aria-label="Fields">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before, after }, index) => (
          <tr key={index}>
            <td>{path}</td>
            <td className="before">{valueText(before)}</td>
            <td>{valueText(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A value as text. Of a secret the log knows only that there is one. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value, null, 1);
  return /^\{\s*"set": true\s*\}$/.test(text) ? 'a secret' : text;
}
