import { useState } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Button } from '../../../../ui/button';
import { CopyButton } from '../../../../ui/code';
import type { LiveDataField } from '../../words';
import {
  clashOf,
  type FoundField,
  type LiveDataType,
  misfit,
  MOST_FIELDS,
  referenceTo,
  type Row,
  rowsOf,
} from '../live-data-tree';
import { quoted } from '../../../../words/quoted';

const TYPES: readonly LiveDataType[] = ['string', 'number', 'boolean', 'date', 'object', 'array'];

interface LiveDataSectionProps {
  /** Of the last test that succeeded; undefined where there was none. */
  found: readonly FoundField[] | undefined;
  chosen: readonly LiveDataField[];
  onChange: (chosen: LiveDataField[]) => void;
  error: string | undefined;
  /** What is wrong with the chosen field at this index. */
  faultOf: (index: number) => string | undefined;
}

/** Chooses what journeys read of an answer. */
export function LiveDataSection({ found, chosen, onChange, error, faultOf }: LiveDataSectionProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const all = rowsOf(found ?? [], chosen);
  const shown = all.filter(({ path }) => ![...closed].some((above) => path !== above && isIn(path, above)));

  function toggle(path: string) {
    const after = new Set(closed);
    if (!after.delete(path)) after.add(path);
    setClosed(after);
  }

  return (
    <section className="card form-section" aria-labelledby="section-live-data">
      <div className="section-head">
        <h2 id="section-live-data">Live Data Fields</h2>
        <span className="tally" role="status">
          {chosen.length} of {MOST_FIELDS}
        </span>
      </div>
      {found === undefined && (
        <p className="hint">
          Run a test to list the fields of the response, then choose up to {MOST_FIELDS} that journeys read.
        </p>
      )}
      {found?.length === 0 && <p className="hint">The response has no fields to choose from.</p>}
      {error !== undefined && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      {shown.length > 0 && (
        <ul className="fields" aria-label="Fields of the response">
          {shown.map((row) => (
            <Field
              key={row.path}
              row={row}
              chosen={chosen}
              isOpen={!closed.has(row.path)}
              onToggle={() => toggle(row.path)}
              onChange={onChange}
              fault={faultOf(chosen.findIndex(({ path }) => path === row.path))}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function isIn(path: string, above: string): boolean {
  return path.startsWith(above) && /^[.[]/.test(path.slice(above.length));
}

interface FieldProps {
  row: Row;
  chosen: readonly LiveDataField[];
  isOpen: boolean;
  onToggle: () => void;
  onChange: (chosen: LiveDataField[]) => void;
  fault: string | undefined;
}

function Field({ row, chosen, isOpen, onToggle, onChange, fault }: FieldProps) {
  const { path, name, depth, hasInner } = row;
  const own = chosen.find((field) => field.path === path);
  const refused = own === undefined ? whyNot(path, chosen) : undefined;
  return (
    <li className="field-row" style={{ '--depth': depth } as React.CSSProperties}>
      {hasInner ? (
        <Button
          look="quiet"
          icon
          className="small"
          aria-label={`${isOpen ? 'Close' : 'Open'} ${path}`}
          aria-expanded={isOpen}
          onPress={onToggle}
        >
          {isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
        </Button>
      ) : (
        <span />
      )}
      <label className="field-name" title={refused}>
        <input
          type="checkbox"
          aria-label={path}
          checked={own !== undefined}
          disabled={refused !== undefined}
          onChange={() =>
            onChange(own === undefined ? [...chosen, { path, type: row.type }] : without(path, chosen))
          }
        />
        <span className="mono">{name}</span>
      </label>
      <span className="field-sample" title={row.sample === null ? undefined : String(row.sample)}>
        {row.isMissing ? 'Not in this response' : sampleText(row)}
      </span>
      {own !== undefined && (
        <div className="field-chosen">
          <select
            className="input"
            aria-label={`Type of ${path}`}
            value={own.type}
            onChange={({ target }) =>
              onChange(
                chosen.map((field) =>
                  field.path === path ? { path, type: target.value as LiveDataType } : field,
                ),
              )
            }
          >
            {TYPES.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
          <code className="cut">{referenceTo(path)}</code>
          <CopyButton what={`the reference to ${path}`} text={referenceTo(path)} />
          {!row.isMissing && misfit(row, own.type) !== undefined && (
            <p className="error">{misfit(row, own.type)}</p>
          )}
          {fault !== undefined && <p className="error">{fault}</p>}
        </div>
      )}
    </li>
  );
}

function without(path: string, chosen: readonly LiveDataField[]): LiveDataField[] {
  return chosen.filter((field) => field.path !== path);
}

function whyNot(path: string, chosen: readonly LiveDataField[]): string | undefined {
  if (chosen.length >= MOST_FIELDS) return `${MOST_FIELDS} fields are chosen, the most there can be.`;
  const other = clashOf(path, chosen);
  return other === undefined ? undefined : `${quoted(other)} is chosen: one contains the other.`;
}

function sampleText({ type, sample, hasInner }: Row): string {
  if (type === 'object' || type === 'array') return hasInner ? type : `empty ${type}`;
  return sample === null ? 'null' : String(sample);
}
