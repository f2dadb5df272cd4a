import type { ReactNode } from 'react';
import { Button } from './button';
import { Code } from './code';
import { Dialog } from './dialog';

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
      <Code label={label} text={secret} />
      <p className="hint">Store it now: it is not shown again.</p>
    </Dialog>
  );
}
