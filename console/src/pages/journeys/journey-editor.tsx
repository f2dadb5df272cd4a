import { lazy, startTransition, Suspense, useCallback, useMemo, useState } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { LostRight } from '../../shell/lost-right';
import { useSession } from '../../shell/session';
import { WithDrawer } from '../../ui/overlays/drawer';
import { messageOf } from '../../ui/feedback/failure';
import { LeaveGuard } from '../../ui/forms/leave-guard';
import { Notice } from '../../ui/feedback/notice';
import { Page } from '../../ui/page';
import { toast } from '../../ui/feedback/toast';
import type { Board } from './canvas/board';
import { Canvas } from './canvas/lazy-canvas';
import { ConflictDialog } from './conflict';
import type { Journey, TileType } from './draft/draft';
import { addOnWay, remove } from './draft/edits';
import { type Editor, useEditor } from './draft/editor';
import { newTile } from './draft/new-tiles';
import { useCheck } from './draft/use-check';
import { ENTRY, type Way, waysOf } from './draft/ways';
import { useFaces } from './faces';
import { EditorHead, JourneyStatus } from './head';
import { ListView } from './list-view';
import { KnownFrom } from './parts/known';
import { isNarrow } from './search';
import { useEditorKeys } from './keys';
import { Panels } from './parts/panels';
import { quoted } from '../../words/quoted';
import './journey-editor.css';

/** With the forms of all tiles. */
const Inspector = lazy(() => import('./inspector').then((part) => ({ default: part.Inspector })));
const AddTile = lazy(() => import('./add-tile').then((part) => ({ default: part.AddTile })));

export function JourneyEditor({ journey }: { journey: Journey }) {
  const editor = useEditor(journey);
  const { draft, base, isChanged, failure, faults } = editor;
  const session = useSession();
  const mayEdit = session?.person.role !== 'viewer';
  const canEdit = mayEdit && base.status !== 'archived';
  const { tile: open, panel } = useSearch({ from: '/shell/journeys/$id' });
  const isList = useIsList();
  const navigate = useNavigate({ from: '/journeys/$id' });
  const openTile = useCallback(
    (id: string | undefined) =>
      void navigate({
        search: ({ tile: _tile, panel: _panel, version: _version, ...rest }) => ({
          ...rest,
          ...whatOpens(id),
        }),
      }),
    [navigate],
  );
  const { board, adding } = useBoard(editor, { canEdit, open, openTile });
  useCheck(editor, canEdit);
  useEditorKeys(editor, canEdit);

  const drawer = open !== undefined && (
    <Suspense fallback={null}>
      <Inspector key={open} id={open} {...{ editor, board }} onClose={() => openTile(undefined)} />
    </Suspense>
  );
  return (
    <KnownFrom journey={draft}>
      <Page
        title={draft.name || 'Journey without a name'}
        back={{ href: '/journeys', text: 'Journeys' }}
        beside={<JourneyStatus journey={base} isReadOnly={!canEdit && base.status !== 'archived'} />}
        actions={<EditorHead {...{ editor, canEdit, isList, board }} />}
        isFull
      >
        <div className="editor-notices">
          <LostRight has={mayEdit} what="journeys" />
          {failure !== undefined && (
            <Notice tone="bad" isNew>
              {messageOf(failure)}
            </Notice>
          )}
        </div>
        <WithDrawer drawer={drawer}>
          {isList ? (
            <ListView board={board} />
          ) : (
            <Suspense fallback={null}>
              <Canvas board={board} />
            </Suspense>
          )}
        </WithDrawer>
      </Page>
      <Panels {...{ panel, editor, canEdit, openTile }} onClose={() => openTile(undefined)} />
      {adding}
      {editor.conflict !== undefined && <ConflictDialog editor={editor} />}
      <LeaveGuard hasUnsaved={() => isChanged && base.status !== 'archived'} />
      <p className="sr" role="status">
        {faultsText(Object.keys(faults).length)}
      </p>
    </KnownFrom>
  );
}

function faultsText(count: number): string {
  if (count === 0) return '';
  return count === 1 ? '1 fault' : `${count} faults`;
}

/** Where users enter is one of the settings. */
function whatOpens(id: string | undefined): { tile?: string; panel?: 'settings' } {
  if (id === undefined) return {};
  return id === ENTRY ? { panel: 'settings' } : { tile: id };
}

interface BoardOptions {
  canEdit: boolean;
  open: string | undefined;
  openTile: Board['openTile'];
}

/** What canvas and list view show and do; and the menu that adds a tile, while it is open. */
function useBoard(editor: Editor, { canEdit, open, openTile }: BoardOptions) {
  const { draft, base, faults, edit, undo } = editor;
  const [offered, setOffered] = useState<{ ways: Way[]; anchor: HTMLElement }>();
  const faces = useFaces(base.id, draft, faults);
  const ways = useMemo(() => waysOf(draft.tiles), [draft.tiles]);

  const removeTile = useCallback(
    (id: string) => {
      edit((before) => ({ ...before, tiles: remove(before.tiles, id) }));
      toast(`Removed tile ${quoted(id)}.`, { text: 'Undo', run: undo });
      if (open === id) openTile(undefined);
    },
    [edit, undo, open, openTile],
  );
  const offerTiles = useCallback((ways: Way[], anchor: HTMLElement) => {
    // The page stays as it is until the menu’s script is there.
    if (ways.length > 0) startTransition(() => setOffered({ ways, anchor }));
  }, []);
  const board = useMemo(
    (): Board => ({ tiles: draft.tiles, ways, faces, open, openTile, offerTiles, removeTile, canEdit }),
    [draft.tiles, ways, faces, open, openTile, offerTiles, removeTile, canEdit],
  );

  function add(way: Way, type: TileType) {
    const tile = newTile(type, draft.tiles);
    edit((before) => ({ ...before, tiles: addOnWay(before.tiles, way, tile) }));
    openTile(tile.id);
  }

  const adding = offered && <AddTile {...offered} onAdd={add} onClose={() => setOffered(undefined)} />;
  return { board, adding };
}

function useIsList(): boolean {
  const { view } = useSearch({ from: '/shell/journeys/$id' });
  const [beginsAsList] = useState(isNarrow);
  return view === undefined ? beginsAsList : view === 'list';
}
