import { useState } from 'react';
import { Ellipsis } from 'lucide-react';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { Drawer } from '../../ui/overlays/drawer';
import { FieldSet } from '../../ui/forms/field-set';
import { TextField } from '../../ui/forms/fields';
import { SelectField } from '../../ui/forms/select-field';
import { ActionMenu } from '../../ui/overlays/menu';
import type { Board } from './canvas/board';
import type { Tile } from './draft/draft';
import { addOnWay, freeId, move, replace } from './draft/edits';
import type { Editor } from './draft/editor';
import { type Way, waysOf } from './draft/ways';
import { faultAt, faultWithin } from './parts/faults';
import { withOptional } from './parts/optional';
import { kindOf } from './tile-words';
import { formOf } from './tiles/forms';
import { WayFields } from './tiles/ways';
import { quoted } from '../../words/quoted';

interface InspectorProps {
  id: string;
  editor: Editor;
  board: Board;
  onClose: () => void;
}

/** The form of a tile, beside the canvas. */
export function Inspector({ id, editor, board, onClose }: InspectorProps) {
  const index = editor.draft.tiles.findIndex((tile) => tile.id === id);
  const tile = editor.draft.tiles[index];
  const [isMoving, setMoving] = useState(false);
  if (tile === undefined) {
    return (
      <Drawer title="No such tile" label="Tile" onClose={onClose}>
        <p>The draft has no tile {quoted(id)}. It may have been removed.</p>
      </Drawer>
    );
  }
  const { title, Icon } = kindOf(tile.type);
  return (
    <Drawer
      title={
        <span className="tile-heading">
          <Icon size={16} aria-hidden /> <span className="cut">{title}</span>
          {board.canEdit && <TileMenu {...{ tile, editor, board }} onMove={() => setMoving(true)} />}
        </span>
      }
      label={`Tile ${id}`}
      onClose={onClose}
    >
      <FieldSet label={title} isReadOnly={!board.canEdit}>
        <TileFields {...{ tile, editor, board, path: `tiles[${index}]` }} />
      </FieldSet>
      {isMoving && <MoveDialog {...{ tile, editor, board }} onClose={() => setMoving(false)} />}
    </Drawer>
  );
}

interface FieldsProps {
  tile: Tile;
  editor: Editor;
  board: Board;
  path: string;
}

function TileFields({ tile, editor, board, path }: FieldsProps) {
  const { edit, faults } = editor;
  const Form = formOf(tile);
  const isReference = tile.type === 'liveData' || tile.type === 'waitFor';
  const change = (changed: Tile) =>
    edit(
      (before) => ({ ...before, tiles: replace(before.tiles, tile.id, changed) }),
      `${tile.id} ${changedField(tile, changed)}`,
    );
  return (
    <div className="stack">
      {faultAt(faults, path)}
      {!isReference && (
        <TextField
          label="Name"
          placeholder={kindOf(tile.type).title}
          value={tile.name ?? ''}
          error={faultWithin(faults, `${path}.name`)}
          onChange={(name) => change(withOptional(tile, 'name', name || undefined))}
        />
      )}
      <Form value={tile} onChange={change} {...{ faults, path }} />
      <WayFields {...{ tile, editor, board, faults, path }} />
      <TextField
        label="Note"
        rows={2}
        hint="For people: nothing reads it."
        value={tile.note ?? ''}
        error={faultWithin(faults, `${path}.note`)}
        onChange={(note) => change(withOptional(tile, 'note', note || undefined))}
      />
      <IdField {...{ tile, board, change }} error={faults[`${path}.id`]} />
    </div>
  );
}

/** Which field of the tile was changed: what is typed into one is undone together. */
function changedField(before: Tile, after: Tile): string {
  const fields = new Map(Object.entries(before));
  const changed = Object.entries(after).find(([key, value]) => fields.get(key) !== value);
  return changed?.[0] ?? '';
}

interface IdFieldProps {
  tile: Tile;
  board: Board;
  change: (tile: Tile) => void;
  error?: string;
}

/** The id is changed when one leaves the field: half of it may be another tile’s. */
function IdField({ tile, board, change, error }: IdFieldProps) {
  const [typed, setTyped] = useState(tile.id);
  const isTaken = typed !== tile.id && board.tiles.some(({ id }) => id === typed);
  function take() {
    if (typed === tile.id || isTaken || typed === '') return;
    change({ ...tile, id: typed });
    board.openTile(typed);
  }
  return (
    <TextField
      label="Id"
      mono
      hint="In reports, Temporal and templates. Users under way keep the one they know."
      value={typed}
      error={isTaken ? 'Another tile has this id. Give this one another id.' : error}
      onChange={setTyped}
      onBlur={take}
    />
  );
}

interface TileMenuProps {
  tile: Tile;
  editor: Editor;
  board: Board;
  onMove: () => void;
}

function TileMenu({ tile, editor, board, onMove }: TileMenuProps) {
  function duplicate() {
    const id = freeId(board.tiles, tile.id);
    const [main] = waysOf(board.tiles).filter(({ from }) => from === tile.id);
    if (main === undefined) return;
    editor.edit((before) => ({ ...before, tiles: addOnWay(before.tiles, main, { ...tile, id }) }));
    board.openTile(id);
  }
  return (
    <ActionMenu
      label="Tile"
      actions={[
        { id: 'move', text: 'Move…', run: onMove },
        ...(tile.type === 'exit' ? [] : [{ id: 'duplicate', text: 'Duplicate', run: duplicate }]),
        { id: 'remove', text: 'Remove', isDanger: true, run: () => board.removeTile(tile.id) },
      ]}
    >
      <Button look="quiet" icon aria-label="What to do with this tile">
        <Ellipsis size={16} aria-hidden />
      </Button>
    </ActionMenu>
  );
}

/** Chooses the way that a tile is put on. */
function MoveDialog({
  tile,
  editor,
  board,
  onClose,
}: Omit<TileMenuProps, 'onMove'> & { onClose: () => void }) {
  const ways = board.ways.filter(({ from, isFixed }) => from !== tile.id && !isFixed);
  const [chosen, setChosen] = useState<string>();
  const titles = new Map(board.faces.map(({ id, title, detail }) => [id, `${title}: ${detail}`]));
  const keyOf = ({ from, path }: Way) => `${from} ${path}`;
  const to = ways.find((way) => keyOf(way) === chosen);
  return (
    <Dialog
      title="Move the tile"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isDisabled={to === undefined}
            onPress={() => {
              editor.edit((before) => ({ ...before, tiles: move(before.tiles, tile.id, to!) }));
              onClose();
            }}
          >
            Move
          </Button>
        </>
      }
    >
      <SelectField
        label="After"
        value={chosen}
        placeholder="Choose a place"
        choices={ways.map((way) => ({
          value: keyOf(way),
          text: `${titles.get(way.from)}${way.label === undefined ? '' : `, way ${quoted(way.label)}`}`,
        }))}
        onChange={setChosen}
      />
      <p className="hint">Those who came to it go on by its first way.</p>
    </Dialog>
  );
}
