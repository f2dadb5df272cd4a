import { Conflict } from '../../ui/overlays/conflict';
import type { Editor } from './draft/editor';

/** Somebody else changed the journey since this draft was read. */
export function ConflictDialog({ editor }: { editor: Editor }) {
  const { conflict, setConflict, reload, save } = editor;
  if (conflict === undefined) return null;
  return (
    <Conflict
      what="this journey"
      stale={conflict}
      choices={[
        { text: 'Take theirs', run: reload },
        { text: 'Keep mine', look: 'danger', run: save },
      ]}
      // A second conflict may have come meanwhile.
      onClose={() => setConflict((now) => (now === conflict ? undefined : now))}
    >
      “Take theirs” drops what you changed; “Keep mine” saves your draft in place of theirs.
    </Conflict>
  );
}
