import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ComboBox } from 'react-aria-components/ComboBox';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Text } from 'react-aria-components/Text';
import { ErrorText, labelLook } from './fields';
import './suggest-field.css';

export interface Suggestion {
  value: string;
  /** What it is: its type, where it comes from. */
  hint?: string;
}

interface SuggestFieldProps {
  label: string;
  isLabelHidden?: boolean;
  hint?: string;
  error?: string;
  value: string;
  onChange: (value: string) => void;
  suggestions: readonly Suggestion[];
  placeholder?: string;
  mono?: boolean;
}

/** Text, with what it may be suggested: any other may be typed. */
export function SuggestField(props: SuggestFieldProps) {
  const { label, isLabelHidden, hint, error, value, onChange, suggestions, placeholder, mono } = props;
  return (
    <ComboBox
      className="field"
      allowsCustomValue
      inputValue={value}
      onInputChange={onChange}
      // Items that are not the default ones are never filtered.
      defaultItems={suggestions.map((suggestion) => ({ id: suggestion.value, ...suggestion }))}
      // What stands there already is no suggestion.
      defaultFilter={(text, typed) => text !== typed && text.toLowerCase().includes(typed.toLowerCase())}
      validationBehavior="aria"
      isInvalid={error !== undefined}
    >
      <Label className={labelLook(isLabelHidden)}>{label}</Label>
      <div className="suggest">
        <Input className={`input ${mono ? 'mono' : ''}`} placeholder={placeholder} spellCheck={false} />
        {suggestions.length > 0 && (
          <Button className="suggest-open">
            <ChevronDown size={16} aria-hidden />
          </Button>
        )}
      </div>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{error !== undefined && <ErrorText>{error}</ErrorText>}</FieldError>
      <Popover className="popover as-wide">
        <ListBox<{ id: string } & Suggestion>>
          {({ value: text, hint: meaning }) => (
            <ListBoxItem className="item" textValue={text}>
              <span className="two-lines">
                <span className="mono">{text}</span>
                {meaning !== undefined && <small>{meaning}</small>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
