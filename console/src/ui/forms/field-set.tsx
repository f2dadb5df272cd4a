import type { ReactNode } from 'react';
import './field-set.css';

interface FieldSetProps {
  /** What it is of, for who cannot see it. */
  label: string;
  /** To be read only: nothing in it can be changed, and what would change it is not shown. */
  isReadOnly: boolean;
  children: ReactNode;
}

/** The fields of a form. */
export function FieldSet({ label, isReadOnly, children }: FieldSetProps) {
  return (
    // Where no field can have the focus, this has it, so that the keys scroll what is read.
    <div {...(isReadOnly && { tabIndex: 0 })}>
      <fieldset className="field-set" disabled={isReadOnly}>
        <legend className="sr">{label}</legend>
        {children}
      </fieldset>
    </div>
  );
}
