import { useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, Ellipsis, Redo2, Undo2 } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import type { Action } from '../../ui/overlays/action';
import { ActionMenu } from '../../ui/overlays/menu';
import { ArchiveJourney, UnpublishJourney } from './archive';
import type { Board } from './canvas/board';
import { draftOf, type Journey } from './draft/draft';
import type { Editor } from './draft/editor';
import { isSame } from './draft/same';
import { ENTRY } from './draft/ways';
import type { Panel } from './search';
import { StatusBadge } from './status-badge';

/** Whether it takes entries, and whether what is saved differs from what they go through. */
export function JourneyStatus({ journey, isReadOnly }: { journey: Journey; isReadOnly: boolean }) {
  return (
    <>
      <Publication journey={journey} />
      {isReadOnly && <Badge tone="off">Read only for your role</Badge>}
    </>
  );
}

function Publication({ journey }: { journey: Journey }) {
  const { id, publishedVersion: version } = journey;
  const { data } = useQuery({
    queryKey: ['journey', id, 'version', version],
    queryFn: () =>
      answerOf(
        api.GET('/api/journeys/{id}/versions/{version}', { params: { path: { id, version: version! } } }),
      ),
    enabled: version !== null,
    staleTime: Infinity,
  });
  if (version === null) return <StatusBadge status={journey.status} />;
  const { journeyId: _id, version: _version, publishedAt: _at, ...published } = data ?? {};
  const isDifferent = data !== undefined && !isSame(published, draftOf(journey));
  return (
    <>
      <Badge tone="good">{`Published · version ${version}`}</Badge>
      {isDifferent && <Badge tone="info">{`Draft differs from version ${version}`}</Badge>}
    </>
  );
}

interface HeadProps {
  editor: Editor;
  canEdit: boolean;
  isList: boolean;
  board: Board;
}

/** What can be done with the whole journey. */
export function EditorHead({ editor, canEdit, isList, board }: HeadProps) {
  const navigate = useNavigate({ from: '/journeys/$id' });
  const show = (view: 'canvas' | 'list') => void navigate({ search: (before) => ({ ...before, view }) });
  const { isChanged, isSaving, save } = editor;
  async function openPanel(panel: Panel) {
    // What is published, tried and simulated is what is saved.
    if (panel !== 'settings' && panel !== 'versions' && isChanged && !(await save())) return;
    await navigate({ search: ({ tile: _tile, ...before }) => ({ ...before, panel }) });
  }
  return (
    <>
      <FaultMenu {...{ editor, board }} onSettings={() => void openPanel('settings')} />
      <span className="segments" role="group" aria-label="View">
        <Button look="quiet" aria-pressed={!isList} onPress={() => show('canvas')}>
          Canvas
        </Button>
        <Button look="quiet" aria-pressed={isList} onPress={() => show('list')}>
          List
        </Button>
      </span>
      {canEdit && <UndoButtons editor={editor} />}
      <Button onPress={() => void openPanel('settings')}>Settings</Button>
      <MoreMenu {...{ editor, canEdit }} openPanel={(panel) => void openPanel(panel)} />
      {canEdit && (
        <>
          <Button isDisabled={!isChanged || isSaving} onPress={() => void save()}>
            {isSaving ? 'Saving…' : isChanged ? 'Save' : 'Saved'}
          </Button>
          <Button look="primary" isDisabled={isSaving} onPress={() => void openPanel('publish')}>
            Publish…
          </Button>
        </>
      )}
    </>
  );
}

function UndoButtons({ editor: { undo, redo, canUndo, canRedo } }: { editor: Editor }) {
  return (
    <span>
      <span title={canUndo ? 'Undo' : 'There is nothing to undo'}>
        <Button look="quiet" icon aria-label="Undo" isDisabled={!canUndo} onPress={undo}>
          <Undo2 size={16} aria-hidden />
        </Button>
      </span>
      <span title={canRedo ? 'Redo' : 'There is nothing to redo'}>
        <Button look="quiet" icon aria-label="Redo" isDisabled={!canRedo} onPress={redo}>
          <Redo2 size={16} aria-hidden />
        </Button>
      </span>
    </span>
  );
}

/** The faults of the draft: choosing one opens the tile. */
function FaultMenu({
  editor,
  board,
  onSettings,
}: Pick<HeadProps, 'editor' | 'board'> & { onSettings: () => void }) {
  const faults = Object.entries(editor.faults);
  if (faults.length === 0) return null;
  const actions = faults.map(([path, message]): Action => {
    const index = /^tiles\[(\d+)\]/.exec(path)?.[1];
    const id =
      index !== undefined
        ? editor.draft.tiles[Number(index)]?.id
        : path.startsWith('entry')
          ? ENTRY
          : undefined;
    const where = id === undefined ? 'Settings' : board.faces.find((face) => face.id === id)?.title;
    return {
      ...{ id: path, text: `${where}: ${message}` },
      run: () => (id === undefined ? onSettings() : board.openTile(id)),
    };
  });
  return (
    <ActionMenu label="Faults" actions={actions}>
      <Button look="quiet" className="has-faults">
        <CircleAlert size={14} aria-hidden /> {faults.length === 1 ? '1 fault' : `${faults.length} faults`}
      </Button>
    </ActionMenu>
  );
}

interface MoreProps {
  editor: Editor;
  canEdit: boolean;
  openPanel: (panel: Panel) => void;
}

function MoreMenu({ editor, canEdit, openPanel }: MoreProps) {
  const { base, settle } = editor;
  const [asked, setAsked] = useState<'unpublish' | 'archive'>();
  const close = () => setAsked(undefined);
  const panels: Action[] = [
    { id: 'versions', text: 'Versions', run: () => openPanel('versions') },
    ...(canEdit
      ? [
          { id: 'simulate', text: 'Simulate…', run: () => openPanel('simulate') },
          { id: 'test', text: 'Test Journey…', run: () => openPanel('test') },
        ]
      : []),
  ];
  const changes: Action[] = canEdit
    ? [
        ...(base.publishedVersion === null
          ? []
          : [{ id: 'unpublish', text: 'Unpublish…', run: () => setAsked('unpublish') }]),
        { id: 'archive', text: 'Archive…', isDanger: true, run: () => setAsked('archive') },
      ]
    : [];
  return (
    <>
      <ActionMenu label="More" actions={[...panels, ...changes]}>
        <Button look="quiet" icon aria-label="More">
          <Ellipsis size={16} aria-hidden />
        </Button>
      </ActionMenu>
      {asked === 'unpublish' && <UnpublishJourney journey={base} onDone={settle} onClose={close} />}
      {asked === 'archive' && <ArchiveJourney journey={base} onDone={settle} onClose={close} />}
    </>
  );
}
