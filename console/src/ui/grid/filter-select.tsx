import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import type { Choice } from '../forms/select-field';

interface FilterSelectProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
}

/** A filter of a list, with a few values: beside a `SearchBox`. Its label is for who cannot see it. */
export function FilterSelect<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: FilterSelectProps<Value>) {
  return (
    <Select aria-label={label} value={value} onChange={(key) => onChange(key as Value)}>
      <Button className="input select">
        <SelectValue className="chosen">
          {({ selectedText, defaultChildren }) => selectedText ?? defaultChildren}
        </SelectValue>
        <ChevronDown size={16} aria-hidden />
      </Button>
      <Popover className="popover as-wide">
        <ListBox items={choices.map((choice) => ({ id: choice.value, ...choice }))}>
          {({ text, hint }) => (
            <ListBoxItem className="item" textValue={text}>
              <span className="two-lines">
                <span>{text}</span>
                {hint !== undefined && <small>{hint}</small>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
