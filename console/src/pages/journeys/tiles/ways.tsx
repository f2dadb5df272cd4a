import { SelectField } from '../../../ui/forms/select-field';
import type { Board } from '../canvas/board';
import { getAt, setAt } from '../draft/at-path';
import type { Faults, Tile } from '../draft/draft';
import { connect } from '../draft/edits';
import type { Editor } from '../draft/editor';
import { EXIT, optionalWays } from '../draft/ways';
import { faultWithin } from '../parts/faults';
import { quoted } from '../../../words/quoted';

interface WaysProps {
  tile: Tile;
  editor: Editor;
  board: Board;
  faults: Faults;
  path: string;
}

/** Where a way leads that is not there, unless it is written. */
const LEFT_OUT = '@left-out';

/** Where each way out of a tile leads. */
export function WayFields({ tile, editor, board, faults, path }: WaysProps) {
  const optional = optionalWays(tile);
  const ways = board.ways.filter(
    ({ from, path: at, isFixed }) => from === tile.id && !isFixed && !optional.some((way) => way.path === at),
  );
  const places = [
    ...board.faces
      .filter(({ type, id }) => type !== 'entry' && id !== tile.id)
      .map(({ id, title, detail }) => ({ value: id, text: title, hint: `${detail} (${id})` })),
    { value: EXIT, text: 'End of the journey' },
  ];
  const lead = (at: string, to: string) =>
    editor.edit((before) => ({
      ...before,
      tiles: connect(before.tiles, { from: tile.id, path: at }, to === EXIT ? null : to),
    }));
  const write = (at: string, to: string) =>
    editor.edit((before) => ({
      ...before,
      tiles: before.tiles.map((other) =>
        other.id === tile.id ? setAt(other, at, to === LEFT_OUT ? undefined : to) : other,
      ),
    }));
  if (ways.length + optional.length === 0) return null;
  return (
    <div className="rows" role="group" aria-label="Ways">
      <h3>Ways</h3>
      {ways.map((way) => (
        <SelectField
          key={way.path}
          label={way.label === undefined || way.label === 'Next' ? 'Next' : `${quoted(way.label)} leads to`}
          value={way.to ?? EXIT}
          choices={places}
          error={faultWithin(faults, `${path}.${way.path}`)}
          onChange={(to) => lead(way.path, to)}
        />
      ))}
      {optional.map((way) => (
        <SelectField
          key={way.path}
          label={way.label}
          value={(getAt(tile, way.path) as string | undefined) ?? LEFT_OUT}
          choices={[{ value: LEFT_OUT, text: way.otherwise }, ...places]}
          error={faultWithin(faults, `${path}.${way.path}`)}
          onChange={(to) => write(way.path, to)}
        />
      ))}
    </div>
  );
}
