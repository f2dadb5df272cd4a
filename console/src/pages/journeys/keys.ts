import { useEffect } from 'react';
import type { Editor } from './draft/editor';

/** Ctrl Z undoes and Ctrl Shift Z does again, but in a field, which has an undo of its own; Ctrl S saves. */
export function useEditorKeys({ undo, redo, save, isChanged, isSaving }: Editor, canEdit: boolean): void {
  useEffect(() => {
    if (!canEdit) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === 's') {
        if (isChanged && !isSaving) void save();
      } else if (key === 'z' && !isField(event.target)) {
        if (event.shiftKey) redo();
        else undo();
      } else if (key === 'y' && !isField(event.target)) redo();
      else return;
      event.preventDefault();
    };
    // Before the fields: a select lets no key through.
    addEventListener('keydown', onKeyDown, true);
    return () => removeEventListener('keydown', onKeyDown, true);
  }, [canEdit, undo, redo, save, isChanged, isSaving]);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, [contenteditable]')
  );
}
