import { type ReactNode, useId, useRef, useState } from 'react';
import { Check, Copy } from 'lucide-react';
import { Button } from '../button';
import { Dialog } from './dialog';
import './secret-once.css';

interface SecretOnceProps {
  title: string;
  /** What it is, for its copy button: “Signing secret”. */
  label: string;
  secret: string;
  /** What it is for, and what becomes of a former one. */
  children: ReactNode;
  onClose: () => void;
}

/** Shows a new secret, which no page shows again. */
export function SecretOnce({ title, label, secret, children, onClose }: SecretOnceProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isStrict
      actions={
        <Button look="primary" onPress={onClose}>
          I have stored it
        </Button>
      }
    >
      <p>{children}</p>
      <Secret label={label} text={secret} />
      <p className="hint">Store it now: it is not shown again.</p>
    </Dialog>
  );
}

function Secret({ label, text }: { label: string; text: string }) {
  const [state, setState] = useState<'shown' | 'copied' | 'selected'>('shown');
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const isCopied = state === 'copied';
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      // Over plain http there is no clipboard, and people may refuse it.
      input.current?.focus();
      setState('selected');
    }
  }
  return (
    <div className="secret-once">
      <label htmlFor={id} className="label">
        {label}
      </label>
      <div>
        <input
          id={id}
          ref={input}
          className="input mono"
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button aria-label={isCopied ? 'Copied' : `Copy ${label.toLowerCase()}`} onPress={() => void copy()}>
          {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <span role="status" className={isCopied ? 'sr' : 'hint'}>
        {isCopied && `${label} copied.`}
        {state === 'selected' && 'This browser lets no page copy. It is selected: press Ctrl C.'}
      </span>
    </div>
  );
}
