import { useCallback, useReducer } from 'react';
import type { Draft } from './draft';

/** What was edited, and how to go back. */
interface History {
  draft: Draft;
  past: Draft[];
  future: Draft[];
  /** Of the last edit: typing in one field is one step. */
  field: string | undefined;
}

type Step =
  | { do: 'edit'; change: (draft: Draft) => Draft; field?: string }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'begin' | 'replace'; draft: Draft };

const MOST_STEPS = 200;

function next(history: History, step: Step): History {
  const { draft, past, future } = history;
  switch (step.do) {
    case 'begin':
      return beginning(step.draft);
    case 'replace':
      return { ...history, draft: step.draft, field: undefined };
    case 'edit': {
      const changed = step.change(draft);
      if (changed === draft) return history;
      const isSame = step.field !== undefined && step.field === history.field;
      const before = isSame ? past : [...past, draft].slice(-MOST_STEPS);
      return { draft: changed, past: before, future: [], field: step.field };
    }
    case 'undo': {
      const before = past.at(-1);
      if (before === undefined) return history;
      return { draft: before, past: past.slice(0, -1), future: [draft, ...future], field: undefined };
    }
    case 'redo': {
      const [after, ...rest] = future;
      if (after === undefined) return history;
      return { draft: after, past: [...past, draft], future: rest, field: undefined };
    }
  }
}

function beginning(draft: Draft): History {
  return { draft, past: [], future: [], field: undefined };
}

/** A draft that is edited; each edit can be undone. */
export function useHistory(first: Draft) {
  const [{ draft, past, future }, dispatch] = useReducer(next, first, beginning);
  /** Edits of the same `field`, one after the other, are undone together. */
  const edit = useCallback(
    (change: (draft: Draft) => Draft, field?: string) => dispatch({ do: 'edit', change, field }),
    [],
  );
  const undo = useCallback(() => dispatch({ do: 'undo' }), []);
  const redo = useCallback(() => dispatch({ do: 'redo' }), []);
  /** Leaves all edits behind. */
  const begin = useCallback((draft: Draft) => dispatch({ do: 'begin', draft }), []);
  /** The same draft as the server writes it. */
  const replace = useCallback((draft: Draft) => dispatch({ do: 'replace', draft }), []);
  return { draft, edit, undo, redo, begin, replace, canUndo: past.length > 0, canRedo: future.length > 0 };
}
