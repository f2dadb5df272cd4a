import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { numberOrText } from './comparison-value';

type Scalar = string | number | boolean | null;
type Kind = 'any' | 'text' | 'number' | 'true' | 'false' | 'nothing';

const KINDS: { value: Kind; text: string }[] = [
  { value: 'any', text: 'Any value' },
  { value: 'text', text: 'Text' },
  { value: 'number', text: 'Number' },
  { value: 'true', text: 'True' },
  { value: 'false', text: 'False' },
  { value: 'nothing', text: 'Nothing' },
];
const BLANK: Record<Kind, Scalar | undefined> = {
  ...{ any: undefined, text: '', number: 0, true: true, false: false, nothing: null },
};

interface ScalarFieldProps {
  label: string;
  error?: string;
  /** Undefined for any. */
  value: Scalar | undefined;
  onChange: (value: Scalar | undefined) => void;
}

/** One value that a field may have. */
export function ScalarField({ label, error, value, onChange }: ScalarFieldProps) {
  const kind = kindOf(value);
  const isTyped = kind === 'text' || kind === 'number';
  return (
    <div className="side-by-side" role="group" aria-label={label}>
      <SelectField
        label={label}
        value={kind}
        choices={KINDS}
        error={isTyped ? undefined : error}
        onChange={(chosen) => onChange(BLANK[chosen])}
      />
      {isTyped && (
        <TextField
          label="Value"
          error={error}
          value={String(value)}
          onChange={(typed) => onChange(kind === 'number' ? numberOrText(typed) : typed)}
        />
      )}
    </div>
  );
}

function kindOf(value: Scalar | undefined): Kind {
  if (value === undefined) return 'any';
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'number' ? 'number' : 'text';
}
