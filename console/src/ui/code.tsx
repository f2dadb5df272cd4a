import { useState } from 'react';
import { Check, Copy } from 'lucide-react';
import { Button } from './button';

interface CopyProps {
  /** What is copied, for the button's name: “Copy the URL”. */
  what: string;
  text: string;
}

export function CopyButton({ what, text }: CopyProps) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  }
  return (
    <Button
      look="quiet"
      icon
      className="small"
      aria-label={copied ? 'Copied' : `Copy ${what}`}
      onPress={() => void copy()}
    >
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
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
