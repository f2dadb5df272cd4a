import { ComboField, type ComboFieldProps } from './combo-field';

export interface Suggestion {
  value: string;
  /** What it is: its type, where it comes from. */
  hint?: string;
}

interface SuggestFieldProps extends ComboFieldProps {
  value: string;
  onChange: (value: string) => void;
  suggestions: readonly Suggestion[];
}

/** Text, with what it may be suggested: any other may be typed. */
export function SuggestField({ value, onChange, suggestions, ...field }: SuggestFieldProps) {
  return (
    <ComboField
      {...field}
      canOpen={suggestions.length > 0}
      box={{
        allowsCustomValue: true,
        inputValue: value,
        onInputChange: onChange,
        // Items that are not the default ones are never filtered.
        defaultItems: suggestions.map(({ value: text, hint }) => ({ id: text, name: text, hint })),
        // What stands there already is no suggestion.
        defaultFilter: (text, typed) => text !== typed && text.toLowerCase().includes(typed.toLowerCase()),
      }}
    />
  );
}
