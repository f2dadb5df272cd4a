import { type ReactNode, useState } from 'react';
import type { Stale } from '../../api/revisions';
import { Button } from '../button';
import { messageOf } from '../feedback/failure';
import { StaleChanges } from '../feedback/stale-changes';
import { Dialog } from './dialog';

/** What can be done about it. */
interface Choice {
  text: string;
  look?: 'plain' | 'danger' | 'primary';
  /** The revision of now goes with what is saved over it. */
  run: (revision: number) => Promise<unknown>;
}

interface ConflictProps {
  /** “this webhook” */
  what: string;
  stale: Stale;
  choices: Choice[];
  onClose: () => void;
  /** What each choice does. */
  children: ReactNode;
}

/** Somebody else saved first, and nothing is overwritten: who changed what, and whose is to stay. */
export function Conflict({ what, stale, choices, onClose, children }: ConflictProps) {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState<string>();

  async function choose({ text, run }: Choice) {
    setBusy(text);
    setError(undefined);
    try {
      await run(stale.revision);
      onClose();
    } catch (failure) {
      setError(messageOf(failure));
    }
    setBusy(undefined);
  }

  return (
    <Dialog
      title={`Somebody changed ${what} meanwhile`}
      isStrict
      wide
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Go on editing</Button>
          {choices.map((choice) => (
            <Button
              key={choice.text}
              look={choice.look ?? 'plain'}
              isBusy={busy === choice.text}
              isDisabled={busy !== undefined && busy !== choice.text}
              onPress={() => void choose(choice)}
            >
              {choice.text}
            </Button>
          ))}
        </>
      }
    >
      <p>Nothing is saved yet. {children}</p>
      <StaleChanges changes={stale.changes} />
      {error !== undefined && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </Dialog>
  );
}
