import { type ReactNode, useId } from 'react';
import { CircleAlert } from 'lucide-react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components/TextField';

/*
 * Each field has a label, at most one hint, and at most one error, which stands where the eye is. The server judges
 * values: `aria`, because the browser's own judgement keeps a form from being sent as long as an error is shown.
 */

export interface FieldProps {
  label: string;
  /** Said, not shown: where what stands around the field shows what it is. */
  isLabelHidden?: boolean;
  hint?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: string;
}

interface TextFieldProps extends FieldProps, Omit<AriaTextFieldProps, 'className' | 'children' | 'style'> {
  placeholder?: string;
  /** Addresses, ids, code. */
  mono?: boolean;
  /** Lines of text at first; left out, it is one line. */
  rows?: number;
}

export function TextField(allProps: TextFieldProps) {
  const { label, isLabelHidden, hint, error, placeholder, mono = false, rows, ...props } = allProps;
  const look = `input ${mono ? 'mono' : ''}`;
  return (
    <AriaTextField {...props} validationBehavior="aria" isInvalid={error !== undefined} className="field">
      <Label className={labelLook(isLabelHidden)}>{label}</Label>
      {rows === undefined ? (
        <Input className={look} placeholder={placeholder} />
      ) : (
        <TextArea className={`${look} area`} rows={rows} placeholder={placeholder} />
      )}
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{error !== undefined && <ErrorText>{error}</ErrorText>}</FieldError>
    </AriaTextField>
  );
}

/** The class of a label. */
export function labelLook(isHidden = false): string | undefined {
  return isHidden ? 'sr' : undefined;
}

export function ErrorText({ children }: { children: string }) {
  return (
    <>
      <CircleAlert size={14} aria-hidden /> <span>{children}</span>
    </>
  );
}

interface CheckFieldProps extends Pick<FieldProps, 'label' | 'hint'> {
  checked: boolean;
  onChange: (checked: boolean) => void;
  isDisabled?: boolean;
}

/** The browser's own checkbox: it needs no script, and everybody knows it. */
export function CheckField({ label, hint, checked, onChange, isDisabled }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="check-field">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
