import { type ReactNode, Suspense, useId, useRef } from 'react';
import { Braces, CircleAlert } from 'lucide-react';
import { Button } from '../button';
import { ActionMenu } from '../overlays/menu';
import type { TemplateLanguage } from './language';
import { Editor } from './lazy-editor';
import type { Variable } from './variables';
import './template-editor.css';

interface TemplateEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: string;
  /** What stands around the tags. */
  language: TemplateLanguage;
  /** Lines that are shown at first; 1 makes it a field of one line. */
  rows?: number;
  /** What tags can read: they are offered in a tag, and by a button that inserts one. */
  variables?: readonly Variable[];
  /** The tag that the button inserts for a variable. */
  tagOf?: (path: string) => string;
  placeholder?: string;
  isReadOnly?: boolean;
}

const NONE: readonly Variable[] = [];
const plainTag = (path: string) => `{{${path}}}`;

/** A field for a text with Handlebars in it: coloured, with completion inside of tags. */
export function TemplateEditor(props: TemplateEditorProps) {
  const { label, hint, error, rows = 8, variables = NONE, tagOf = plainTag, isReadOnly = false } = props;
  const id = useId();
  const inserter = useRef<((text: string) => void) | undefined>(undefined);
  const isLine = rows === 1;
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(
    Boolean,
  );
  return (
    <div className="field template-field">
      <div className="template-head">
        <span className="label" id={`${id}-label`}>
          {label}
        </span>
        {variables.length > 0 && !isReadOnly && (
          <ActionMenu
            label={`Variables for ${label}`}
            actions={variables.map(({ path, from }) => ({
              id: path,
              text: path,
              note: from,
              run: () => inserter.current?.(tagOf(path)),
            }))}
          >
            <Button look="quiet" className="tiny" aria-label={`Insert variable into ${label}`}>
              <Braces size={12} aria-hidden /> Insert variable
            </Button>
          </ActionMenu>
        )}
      </div>
      <div
        className={`template-editor ${isLine ? 'line' : ''}`}
        data-invalid={error === undefined ? undefined : ''}
        style={{ '--rows': rows } as React.CSSProperties}
      >
        <Suspense fallback={<div className="template-waits" aria-busy />}>
          <Editor
            value={props.value}
            onChange={props.onChange}
            language={props.language}
            placeholder={props.placeholder}
            {...{ isLine, variables, isReadOnly, inserter }}
            attributes={{
              tabindex: '0',
              'aria-labelledby': `${id}-label`,
              'aria-multiline': String(!isLine),
              ...(described.length > 0 && { 'aria-describedby': described.join(' ') }),
              ...(error !== undefined && { 'aria-invalid': 'true' }),
            }}
          />
        </Suspense>
      </div>
      {hint !== undefined && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error !== undefined && (
        <span className="error" id={`${id}-error`}>
          <CircleAlert size={14} aria-hidden /> <span>{error}</span>
        </span>
      )}
    </div>
  );
}
