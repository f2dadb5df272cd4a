import type { Faults } from '../draft/draft';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { SuggestField, type Suggestion } from '../../../ui/forms/suggest-field';
import { type Comparison, OPERATORS, type Operator, relativeDate } from '../../../words/conditions';
import {
  blankOf,
  comparisonFor,
  type Kind,
  kindOf,
  KINDS,
  kindsFor,
  numberOrText,
  withOperator,
} from './comparison-value';
import { DurationField } from './duration-field';
import { faultWithin } from './faults';
import { type Root, useFields } from './known';
import { useTyped } from './typed';

const operators = Object.entries(OPERATORS).map(([value, text]) => ({ value: value as Operator, text }));

interface ComparisonProps {
  value: Comparison;
  onChange: (value: Comparison) => void;
  faults: Faults;
  path: string;
  /** Where fields may be read here. */
  roots: readonly Root[];
}

/** One field against a value, or against another field. */
export function ComparisonFields({ value: comparison, onChange, faults, path, roots }: ComparisonProps) {
  const fields = useFields(roots);
  const { field, is } = comparison;
  const kind = kindOf(comparison);
  const setValue = (value: unknown) => onChange({ field, is, value } as Comparison);
  return (
    <div className="comparison">
      <SuggestField
        label="Field"
        isLabelHidden
        mono
        value={field}
        suggestions={fields}
        placeholder="profile.plan"
        error={faultWithin(faults, `${path}.field`)}
        onChange={(name) => onChange(withField(comparison, name, fields))}
      />
      <SelectField
        label="Comparison"
        isLabelHidden
        value={is}
        choices={operators}
        error={faultWithin(faults, `${path}.is`)}
        onChange={(chosen) => onChange(withOperator(comparison, chosen))}
      />
      {kind !== undefined && (
        <div className="compared">
          {kindsFor(is).length > 1 && (
            <SelectField
              label="Compared with"
              isLabelHidden
              value={kind}
              choices={kindsFor(is).map((one) => ({ value: one, text: KINDS[one] }))}
              onChange={(chosen) => setValue(blankOf(chosen, is))}
            />
          )}
          <ValueField
            {...{ kind, is, fields }}
            value={'value' in comparison ? comparison.value : undefined}
            error={faultWithin(faults, `${path}.value`)}
            onChange={setValue}
          />
        </div>
      )}
    </div>
  );
}

/** As long as nothing was compared, a field brings the comparison that its type is for. */
function withField(comparison: Comparison, field: string, known: readonly Suggestion[]): Comparison {
  const isUntouched = comparison.is === 'equals' && comparison.value === '';
  const suggestion = known.find(({ value }) => value === field);
  if (isUntouched && suggestion !== undefined) return comparisonFor(field, suggestion.hint);
  return { ...comparison, field };
}

interface ValueProps {
  kind: Kind;
  is: Operator;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
  fields: readonly Suggestion[];
}

function ValueField({ kind, is, value, onChange, error, fields }: ValueProps) {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (kind) {
    case 'true':
    case 'false':
    case 'nothing':
    case 'now':
      return error === undefined ? null : <p className="error">{error}</p>;
    case 'values':
      return <ValuesField {...{ value, onChange, error }} />;
    case 'ago':
    case 'fromNow': {
      const sign = kind === 'ago' ? '-' : '+';
      return (
        <DurationField
          label="How long"
          isLabelHidden
          error={error}
          value={relativeDate(value)?.duration}
          onChange={(duration) => onChange(`${sign}${duration ?? ''}`)}
        />
      );
    }
    case 'field':
      return (
        <SuggestField
          label="Other field"
          isLabelHidden
          mono
          value={(value as { field: string }).field}
          suggestions={fields}
          error={error}
          onChange={(name) => onChange({ field: name })}
        />
      );
    case 'number':
      return (
        <TextField
          label="Value"
          isLabelHidden
          inputMode="decimal"
          value={text}
          error={error}
          onChange={(typed) => onChange(numberOrText(typed))}
        />
      );
    case 'text':
    case 'date':
      return (
        <TextField
          label={is === 'matches' ? 'Pattern' : 'Value'}
          isLabelHidden
          mono={is === 'matches'}
          placeholder={kind === 'date' ? '2026-01-31 or 2026-01-31T09:30:00Z' : undefined}
          value={text}
          error={error}
          onChange={onChange}
        />
      );
  }
}

/** One value a line. What was no text before, and still reads the same, stays what it was. */
function ValuesField({ value, onChange, error }: Pick<ValueProps, 'value' | 'onChange' | 'error'>) {
  const values = Array.isArray(value) ? (value as unknown[]) : [];
  const known = new Map(values.map((one) => [String(one), one]));
  const [text, type] = useTyped<unknown[], string>(
    values,
    (list) => list.map(String).join('\n'),
    (lines) =>
      lines.split('\n').flatMap((line) => (line === '' ? [] : [known.has(line) ? known.get(line) : line])),
  );
  return (
    <TextField
      label="Values, one a line"
      isLabelHidden
      rows={3}
      placeholder="One value a line"
      value={text}
      error={error}
      onChange={(typed) => onChange(type(typed))}
    />
  );
}
