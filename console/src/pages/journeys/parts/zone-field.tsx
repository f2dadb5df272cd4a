import { SelectField } from '../../../ui/forms/select-field';
import { SuggestField } from '../../../ui/forms/suggest-field';

interface ZoneFieldProps {
  label: string;
  hint?: string;
  error?: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value }));
const HERE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time zone by its IANA name; undefined when it is emptied. */
export function ZoneField({ value, onChange, ...field }: ZoneFieldProps) {
  return (
    <SuggestField
      {...field}
      value={value ?? ''}
      suggestions={ZONES}
      placeholder={HERE}
      onChange={(name) => onChange(name || undefined)}
    />
  );
}

const OWN = 'user';
const CLOCKS = [
  { value: OWN, text: 'The user’s time zone', hint: 'The profile’s timeZone, else the journey’s' },
  { value: 'zone', text: 'One time zone' },
] as const;

/** Whose clocks count. */
export function ClocksField({
  value,
  onChange,
  error,
}: Pick<ZoneFieldProps, 'value' | 'onChange' | 'error'>) {
  const isOwn = value === OWN;
  return (
    <>
      <SelectField
        label="Clocks"
        value={isOwn ? OWN : 'zone'}
        choices={CLOCKS}
        error={isOwn ? error : undefined}
        onChange={(chosen) => onChange(chosen === OWN ? OWN : HERE)}
      />
      {!isOwn && <ZoneField label="Time zone" {...{ value, onChange, error }} />}
    </>
  );
}
