import { useState } from 'react';
import type { ApiFault } from '../../api/client';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { messageOf } from '../../ui/feedback/failure';
import { Time } from '../../ui/time';

/** What a 412 says. */
interface Stale {
  revision: number;
  changes: {
    at: string;
    actor: { name: string };
    changes: { path: string; before: unknown; after: unknown }[];
  }[];
}

interface ConflictProps {
  fault: ApiFault;
  onKeepMine: (revision: number) => Promise<void>;
  onTakeTheirs: () => void;
  onClose: () => void;
}

/** Somebody saved first: who changed what, and whose is to stay. */
export function Conflict({ fault, onKeepMine, onTakeTheirs, onClose }: ConflictProps) {
  const { revision, changes } = fault.params as unknown as Stale;
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  async function keepMine() {
    setBusy(true);
    try {
      await onKeepMine(revision);
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title="Somebody changed it meanwhile"
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Go on editing</Button>
          <Button onPress={onTakeTheirs}>Take theirs</Button>
          <Button look="danger" isBusy={isBusy} onPress={() => void keepMine()}>
            Keep mine
          </Button>
        </>
      }
    >
      <p>
        Nothing is saved yet. “Take theirs” drops what you changed; “Keep mine” puts your form in place of
        theirs.
      </p>
      {changes.map(({ at, actor, changes: fields }) => (
        <section key={at} aria-label={`Change by ${actor.name}`}>
          <h3>
            {actor.name}, <Time at={at} />
          </h3>
          <ul className="plain-list">
            {fields.map(({ path, before, after }) => (
              <li key={path}>
                <strong>{path}</strong>: {textOf(before)} → {textOf(after)}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {error !== undefined && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </Dialog>
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}
