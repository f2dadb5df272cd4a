import { useState } from 'react';
import { Check, Copy, X } from 'lucide-react';
import { Button } from './button';

interface CopyProps {
  /** What is copied, for the button's name: “Copy the URL”. */
  what: string;
  text: string;
  /** Shows its name, where an icon alone does not say what is copied. */
  isNamed?: boolean;
}

export function CopyButton({ what, text, isNamed = false }: CopyProps) {
  const [state, setState] = useState<'ready' | 'copied' | 'refused'>('ready');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      // Over plain http there is no clipboard, and people may refuse it.
      setState('refused');
    }
    setTimeout(() => setState('ready'), 1_500);
  }
  const name = { ready: `Copy ${what}`, copied: 'Copied', refused: 'This browser lets no page copy' }[state];
  const Icon = { ready: Copy, copied: Check, refused: X }[state];
  return (
    <Button
      look="quiet"
      icon={!isNamed}
      className={isNamed ? 'tiny' : 'small'}
      aria-label={name}
      onPress={() => void copy()}
    >
      <Icon size={isNamed ? 12 : 14} aria-hidden /> {isNamed && name}
    </Button>
  );
}

interface CodeProps {
  label: string;
  text: string;
  /** What is copied, where that is more than is shown. */
  copied?: string;
  /** Said below, such as “The first 16 KiB.” */
  note?: string;
}

/** Text of a request or an answer, shown as it is and never run. */
export function Code({ label, text, copied = text, note }: CodeProps) {
  return (
    <figure className="code">
      <figcaption>
        {label}
        <CopyButton what={label.toLowerCase()} text={copied} />
      </figcaption>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      {note !== undefined && <p className="hint">{note}</p>}
    </figure>
  );
}
