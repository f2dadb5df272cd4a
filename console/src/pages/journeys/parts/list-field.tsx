import { SelectField } from '../../../ui/forms/select-field';
import { useLists } from './known';

interface ListFieldProps {
  label: string;
  isLabelHidden?: boolean;
  error?: string;
  value: number | undefined;
  onChange: (value: number) => void;
}

/** One of the lists of users. */
export function ListField({ value, onChange, ...field }: ListFieldProps) {
  const lists = useLists();
  const choices = lists.map(({ id, name }) => ({ value: String(id), text: name, hint: `List ${id}` }));
  // One that was deleted, or is not loaded yet.
  const isUnknown = value !== undefined && value > 0 && !lists.some(({ id }) => id === value);
  return (
    <SelectField
      {...field}
      placeholder={lists.length === 0 ? 'There is no list yet' : 'Choose a list'}
      value={value === undefined || value === 0 ? undefined : String(value)}
      choices={isUnknown ? [...choices, { value: String(value), text: `List ${value}` }] : choices}
      onChange={(id) => onChange(Number(id))}
    />
  );
}
