import { type ReactNode, useState } from 'react';
import { Badge } from '../badge';
import { Button } from '../button';
import { TextField } from './fields';

/** A secret that was typed, or the marker for one that is stored: that one never comes back from the server. */
export type Secret = string | { set: true };

const STORED = { set: true } as const;

interface SecretFieldProps {
  label: string;
  value: Secret;
  onChange: (value: Secret) => void;
  /** Whether one is stored that can be kept. */
  isStored: boolean;
  hint?: ReactNode;
  error?: string;
}

/** Shows whether a secret is stored, and takes another in its place. */
export function SecretField({ label, value, onChange, isStored, hint, error }: SecretFieldProps) {
  const [wasReplaced, setReplaced] = useState(false);
  if (typeof value !== 'string') {
    return (
      <div className="field">
        <span className="label">{label}</span>
        <div className="secret-row">
          <Badge tone="good">Set</Badge>
          <Button
            aria-label={`Replace ${label}`}
            onPress={() => {
              setReplaced(true);
              onChange('');
            }}
          >
            Replace
          </Button>
        </div>
        {error === undefined ? (
          <span className="hint">It is stored encrypted and never shown.</span>
        ) : (
          <span className="error" role="alert">
            {error}
          </span>
        )}
      </div>
    );
  }
  return (
    <div className="secret-row">
      <TextField
        label={label}
        type="password"
        // Not a password of whoever types it: browsers must not offer to store it.
        autoComplete="new-password"
        mono
        autoFocus={wasReplaced}
        {...{ value, onChange, hint, error }}
      />
      {isStored && <Button onPress={() => onChange(STORED)}>Keep the stored one</Button>}
    </div>
  );
}
