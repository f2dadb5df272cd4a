import { durationOf, readDuration, type Unit, UNITS } from '../../../words/durations';
import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { useTyped } from './typed';
import './parts.css';

interface DurationFieldProps {
  label: string;
  isLabelHidden?: boolean;
  hint?: string;
  error?: string;
  value: string | undefined;
  /** Undefined when it is emptied. */
  onChange: (value: string | undefined) => void;
  /** Of a duration that is typed anew. */
  unit?: Unit;
}

interface Typed {
  amount: string;
  unit: Unit;
}

/** “3 days”, as a number and a unit. A duration in ISO-8601 stays as it was written. */
export function DurationField(props: DurationFieldProps) {
  const { label, isLabelHidden, hint, error, value, onChange, unit: usual = 'day' } = props;
  const [{ amount, unit }, type] = useTyped<string | undefined, Typed>(
    value,
    (text) => readDuration(text ?? '') ?? { amount: text ?? '', unit: usual },
    (typed) => (typed.amount.trim() === '' ? undefined : durationText(typed)),
  );
  const isWritten = value !== undefined && value !== '' && readDuration(value) === undefined;
  return (
    <div
      className="duration"
      role="group"
      aria-label={label}
      data-written={isWritten ? '' : undefined}
      data-bare={isLabelHidden ? '' : undefined}
    >
      <TextField
        {...{ label, isLabelHidden, hint, error }}
        inputMode={isWritten ? 'text' : 'decimal'}
        mono={isWritten}
        value={amount}
        onChange={(typed) => onChange(type({ amount: typed, unit }))}
      />
      {!isWritten && (
        <SelectField
          label={`${label}: unit`}
          isLabelHidden
          value={unit}
          choices={UNITS.map((one) => ({ value: one, text: amount === '1' ? one : `${one}s` }))}
          onChange={(chosen) => onChange(type({ amount, unit: chosen }))}
        />
      )}
    </div>
  );
}

/** What is no number is kept as it is typed: it may become a duration in ISO-8601, or the server says what is wrong. */
function durationText({ amount, unit }: Typed): string {
  return /^[\d.\s]+$/.test(amount) ? durationOf(amount.trim(), unit) : amount;
}
