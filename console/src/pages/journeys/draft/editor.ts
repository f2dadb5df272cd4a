import { useCallback, useMemo, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api, ApiFault, editableAnswerOf } from '../../../api/client';
import { ifMatch, type Stale, staleIn } from '../../../api/revisions';
import { bodyOf, type Draft, draftOf, type Faults, type Journey } from './draft';
import { useHistory } from './history';
import { journeyKey } from './journey-query';

/** The draft of a journey that somebody edits: what the page and all its panels work on. */
export function useEditor(read: Journey) {
  const [base, setBase] = useState(read);
  const [isSaving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [conflict, setConflict] = useState<Stale>();
  const history = useHistory(draftOf(read));
  const { draft, begin, replace } = history;
  const { faults, setFaults } = useFaults(draft);
  const queries = useQueryClient();
  const now = useRef(draft);
  now.current = draft;
  const isChanged = useMemo(() => isDifferent(draft, draftOf(base)), [draft, base]);

  /** What the server has now is what was saved. */
  const settle = useCallback(
    (journey: Journey) => {
      setBase(journey);
      setConflict(undefined);
      queries.setQueryData(journeyKey(journey.id), journey);
      void queries.invalidateQueries({ queryKey: ['journeys'] });
    },
    [queries],
  );

  /** Saves the draft, unless somebody else changed the journey since. Returns whether it is saved. */
  const save = useCallback(
    async (revision = base.revision): Promise<boolean> => {
      const sent = now.current;
      setSaving(true);
      setFailure(undefined);
      try {
        const { warnings: _warnings, ...saved } = await editableAnswerOf<Journey & { warnings?: unknown }>(
          api.PUT('/api/journeys/{id}', {
            params: { path: { id: base.id }, header: ifMatch(revision) },
            body: bodyOf(sent),
            parseAs: 'text',
          }),
        );
        settle(saved);
        // With the marks that stand for the secrets; not over what was typed meanwhile.
        if (now.current === sent) replace(draftOf(saved));
        setFaults({}, sent);
        return true;
      } catch (error) {
        const stale = staleIn(error);
        if (stale) setConflict(stale);
        else setFailure(error);
        if (error instanceof ApiFault && error.status === 400) setFaults(error.fields, sent);
        return false;
      } finally {
        setSaving(false);
      }
    },
    [base, replace, setFaults, settle],
  );

  /** Leaves this draft behind for what the server has. */
  const reload = useCallback(async () => {
    const journey = await editableAnswerOf<Journey>(
      api.GET('/api/journeys/{id}', { params: { path: { id: base.id } }, parseAs: 'text' }),
    );
    settle(journey);
    begin(draftOf(journey));
    setFailure(undefined);
  }, [base.id, begin, settle]);

  return {
    ...history,
    base,
    settle,
    isChanged,
    isSaving,
    failure,
    conflict,
    setConflict,
    faults,
    setFaults,
    save,
    reload,
  };
}

export type Editor = ReturnType<typeof useEditor>;

/** What a panel of the editor is given. */
export interface PanelProps {
  editor: Editor;
  onClose: () => void;
  openTile: (id: string) => void;
}

function isDifferent(one: Draft, other: Draft): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

/** The faults of the draft by their paths. Those of a tile follow it when the tiles before it change. */
function useFaults(draft: Draft) {
  const [known, setKnown] = useState<{ faults: Faults; of: Draft }>({ faults: {}, of: draft });
  const now = useRef(draft);
  now.current = draft;
  /** `of`: the draft that has them, if edits may have come since. */
  const setFaults = useCallback((faults: Faults, of = now.current) => setKnown({ faults, of }), []);
  const faults = useMemo(() => {
    const moved = Object.entries(known.faults).flatMap(([path, message]) => {
      const [, index, rest] = /^tiles\[(\d+)\](.*)$/.exec(path) ?? [];
      if (index === undefined) return [[path, message]];
      const id = known.of.tiles[Number(index)]?.id;
      const at = draft.tiles.findIndex((tile) => tile.id === id);
      return at === -1 ? [] : [[`tiles[${at}]${rest}`, message]];
    });
    return Object.fromEntries(moved) as Faults;
  }, [known, draft.tiles]);
  return { faults, setFaults };
}
