import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ComboBox, type ComboBoxProps } from 'react-aria-components/ComboBox';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Text } from 'react-aria-components/Text';
import { ErrorText, labelLook } from './fields';
import './combo-field.css';

export interface ComboItem {
  id: string | number;
  name: string;
  /** What it is: its type, where it comes from. */
  hint?: string;
}

export interface ComboFieldProps {
  label: string;
  isLabelHidden?: boolean;
  hint?: string;
  error?: string;
  placeholder?: string;
  /** Addresses, ids, code. */
  mono?: boolean;
  autoFocus?: boolean;
}

interface OwnProps extends ComboFieldProps {
  /** Said in the list when nothing is found; left out, the list closes. */
  empty?: string;
  canOpen?: boolean;
  /** Which items there are, which one is chosen, and what happens. */
  box: Omit<ComboBoxProps<ComboItem>, 'children' | 'className' | 'style'>;
}

/** A field to type in, with a list of what it finds. */
export function ComboField(props: OwnProps) {
  const {
    label,
    isLabelHidden,
    hint,
    error,
    placeholder,
    mono,
    autoFocus,
    empty,
    canOpen = true,
    box,
  } = props;
  const look = mono ? 'mono' : '';
  return (
    <ComboBox<ComboItem>
      className="field"
      allowsEmptyCollection={empty !== undefined}
      validationBehavior="aria"
      isInvalid={error !== undefined}
      autoFocus={autoFocus}
      {...box}
    >
      <Label className={labelLook(isLabelHidden)}>{label}</Label>
      <div className="combo">
        <Input className={`input ${look}`} placeholder={placeholder} spellCheck={false} />
        {canOpen && (
          <Button className="combo-open">
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
        <ListBox<ComboItem> renderEmptyState={() => <p className="hint">{empty}</p>}>
          {({ name, hint: note }) => (
            <ListBoxItem className="item" textValue={name}>
              <span className="two-lines">
                <span className={look}>{name}</span>
                {note !== undefined && <small>{note}</small>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
