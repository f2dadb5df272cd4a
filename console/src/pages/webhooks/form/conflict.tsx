import { useState } from 'react';
import type { ApiFault } from '../../../api/client';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/overlays/dialog';
import { messageOf } from '../../../ui/feedback/failure';
import { Time } from '../../../ui/time';

/** What a 412 says in its `params`. */
interface Stale {
  revision: number;
  changes: {
    at: string;
    actor: { name: string };
    changes: { path: string; before?: unknown; after?: unknown }[];
  }[];
}

interface ConflictProps {
  fault: ApiFault;
  /** Saves the form over theirs. */
  onKeepMine: (revision: number) => Promise<void>;
  /** Saves both changes; undefined where they touch the same field. */
  onKeepBoth: ((revision: number) => Promise<void>) | undefined;
  onTakeTheirs: () => Promise<void>;
  onClose: () => void;
}

/** Somebody else saved first: shows who changed what, and lets the person choose. */
export function Conflict({ fault, onKeepMine, onKeepBoth, onTakeTheirs, onClose }: ConflictProps) {
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const { revision, changes } = fault.params as unknown as Stale;
  const choose = (way: (revision: number) => Promise<void>) => () => {
    setBusy(true);
    way(revision).then(onClose, (failed: unknown) => {
      setError(messageOf(failed));
      setBusy(false);
    });
  };
  return (
    <Dialog
      title="Somebody changed this webhook meanwhile"
      isStrict
      wide
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Go on editing</Button>
          <Button isDisabled={isBusy} onPress={choose(onTakeTheirs)}>
            Take theirs
          </Button>
          <Button look={onKeepBoth ? 'plain' : 'danger'} isDisabled={isBusy} onPress={choose(onKeepMine)}>
            Keep mine
          </Button>
          {onKeepBoth && (
            <Button look="primary" isDisabled={isBusy} onPress={choose(onKeepBoth)}>
              Keep both
            </Button>
          )}
        </>
      }
    >
      <p>
        Nothing is saved yet. “Take theirs” drops what you changed; “Keep mine” puts your form in place of
        theirs.
        {onKeepBoth && ' You changed other fields than they did: “Keep both” saves all of it.'}
      </p>
      {changes.map(({ at, actor, changes: parts }) => (
        <section key={at} className="stale-change">
          <h3>
            {actor.name}, <Time at={at} />
          </h3>
          <table className="headers-table">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Before</th>
                <th scope="col">After</th>
              </tr>
            </thead>
            <tbody>
              {parts.map(({ path, before, after }) => (
                <tr key={path}>
                  <th scope="row">{path}</th>
                  <td>{shown(before)}</td>
                  <td>{shown(after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
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

const SHOWN = 300;

function shown(value: unknown): string {
  if (value === undefined || value === null) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
