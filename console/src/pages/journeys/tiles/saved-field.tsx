import { useDeferredValue, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ComboBox } from 'react-aria-components/ComboBox';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Text } from 'react-aria-components/Text';
import { ErrorText } from '../../../ui/forms/fields';
import '../../../ui/forms/suggest-field.css';

export interface Saved {
  id: number;
  name: string;
  hint?: string;
}

interface SavedFieldProps {
  label: string;
  hint?: string;
  error?: string;
  value: number | undefined;
  /** What the chosen one is called. */
  name: string | undefined;
  onChange: (id: number) => void;
  /** Those with this part in their name; `key` tells one kind from another. */
  kind: string;
  load: (name: string) => Promise<Saved[]>;
}

/** One of many saved things, which are found by their names. */
export function SavedField({ label, hint, error, value, name = '', onChange, kind, load }: SavedFieldProps) {
  const [typed, setTyped] = useState<string>();
  const wanted = useDeferredValue(typed ?? '');
  const { data: found = [] } = useQuery({
    queryKey: [kind, 'named', wanted],
    queryFn: () => load(wanted),
    staleTime: 10_000,
    placeholderData: (before) => before,
  });
  return (
    <ComboBox
      className="field"
      items={found}
      value={value ?? null}
      inputValue={typed ?? name}
      onInputChange={(text) => setTyped(text === name ? undefined : text)}
      onChange={(id) => {
        setTyped(undefined);
        if (id !== null) onChange(Number(id));
      }}
      onBlur={() => setTyped(undefined)}
      menuTrigger="focus"
      allowsEmptyCollection
      validationBehavior="aria"
      isInvalid={error !== undefined}
    >
      <Label>{label}</Label>
      <div className="suggest">
        <Input className="input" placeholder="Search by name" spellCheck={false} />
        <Button className="suggest-open">
          <ChevronDown size={16} aria-hidden />
        </Button>
      </div>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{error !== undefined && <ErrorText>{error}</ErrorText>}</FieldError>
      <Popover className="popover as-wide">
        <ListBox<Saved> renderEmptyState={() => <p className="hint">None has this name.</p>}>
          {({ name: text, hint: note }) => (
            <ListBoxItem className="item" textValue={text}>
              <span className="two-lines">
                <span>{text}</span>
                {note !== undefined && <small>{note}</small>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
