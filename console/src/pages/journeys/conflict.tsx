import { useState } from 'react';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { messageOf } from '../../ui/feedback/failure';
import { Time } from '../../ui/time';
import type { Editor } from './draft/editor';

/** Somebody else changed the journey since this draft was read: who and what, and which of the two is kept. */
export function ConflictDialog({ editor }: { editor: Editor }) {
  const { revision, changes } = editor.conflict!;
  const [error, setError] = useState<unknown>();
  const close = () => editor.setConflict(undefined);
  async function takeTheirs() {
    try {
      await editor.reload();
    } catch (reason) {
      setError(reason);
    }
  }
  return (
    <Dialog
      title="Somebody changed this journey meanwhile"
      isStrict
      onClose={close}
      actions={
        <>
          <Button onPress={close}>Go on editing</Button>
          <Button look="danger" onPress={() => void takeTheirs()}>
            Drop mine, take theirs
          </Button>
          <Button
            look="primary"
            onPress={() => {
              close();
              void editor.save(revision);
            }}
          >
            Keep mine, replace theirs
          </Button>
        </>
      }
    >
      <p>Nothing was saved. Since you opened the journey:</p>
      <ul className="plain-list">
        {changes.map((change, index) => (
          <li key={index}>
            <strong>{change.actor.name}</strong> {verbOf(change.action)} it <Time at={change.at} />
            {change.changes.length > 0 && `: ${pathsOf(change.changes)}`}
          </li>
        ))}
      </ul>
      {error !== undefined && (
        <p className="error" role="alert">
          {messageOf(error)}
        </p>
      )}
    </Dialog>
  );
}

const VERBS: Record<string, string> = {
  'journey.update': 'changed',
  'journey.publish': 'published',
  'journey.unpublish': 'unpublished',
  'journey.archive': 'archived',
};

function verbOf(action: string): string {
  return VERBS[action] ?? 'changed';
}

const MOST_PATHS = 6;

function pathsOf(changes: { path: string }[]): string {
  const paths = [...new Set(changes.map(({ path }) => path))];
  const others = paths.length - MOST_PATHS;
  return `${paths.slice(0, MOST_PATHS).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
