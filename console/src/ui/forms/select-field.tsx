import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { Text } from 'react-aria-components/Text';
import { ErrorText, type FieldProps, labelLook } from './fields';

export interface Choice<Value extends string> {
  value: Value;
  text: string;
  /** What it means, where the name does not say it. */
  hint?: string;
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  value: Value | undefined;
  onChange: (value: Value) => void;
  choices: readonly Choice<Value>[];
  placeholder?: string;
  isDisabled?: boolean;
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, isLabelHidden, hint, error, value, onChange, choices, placeholder, isDisabled } = props;
  return (
    <Select
      className="field"
      value={value ?? null}
      onChange={(key) => onChange(key as Value)}
      placeholder={placeholder}
      validationBehavior="aria"
      isInvalid={error !== undefined}
      isDisabled={isDisabled}
    >
      <Label className={labelLook(isLabelHidden)}>{label}</Label>
      <Button className="input select">
        <SelectValue className="chosen">
          {({ selectedText, defaultChildren }) => selectedText || defaultChildren}
        </SelectValue>
        <ChevronDown size={16} aria-hidden />
      </Button>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{error !== undefined && <ErrorText>{error}</ErrorText>}</FieldError>
      <Popover className="popover as-wide">
        <ListBox items={choices.map((choice) => ({ id: choice.value, ...choice }))}>
          {({ text, hint: meaning }) => (
            <ListBoxItem className="item" textValue={text}>
              <span className="two-lines">
                <span>{text}</span>
                {meaning !== undefined && <small>{meaning}</small>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
