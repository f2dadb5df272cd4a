import { useRef } from 'react';
import { ArrowRight, CornerDownRight, Plus, Trash2 } from 'lucide-react';
import { Button } from '../../ui/button';
import type { Board } from './canvas/board';
import { TileFace } from './canvas/tile-face';
import { ENTRY, type Way } from './draft/ways';
import { quoted } from '../../words/quoted';
import './list-view.css';

/** The journey as a list: every tile with the ways out of it. It can do all that the canvas can. */
export function ListView({ board }: { board: Board }) {
  const { faces, ways, open, openTile, removeTile, canEdit } = board;
  const titles = new Map(faces.map(({ id, title }) => [id, title]));
  return (
    <ol className="tile-list" aria-label="Tiles">
      {faces.map((face) => (
        <li key={face.id}>
          <div className="tile-line">
            <TileFace face={face} isOpen={face.id === open} onPress={() => openTile(face.id)} />
            {canEdit && face.id !== ENTRY && (
              <Button
                look="quiet"
                icon
                aria-label={`Remove ${quoted(face.title)}`}
                onPress={() => removeTile(face.id)}
              >
                <Trash2 size={16} aria-hidden />
              </Button>
            )}
          </div>
          <ul aria-label={`Ways out of ${quoted(face.title)}`}>
            {ways
              .filter(({ from }) => from === face.id)
              .map((way) => (
                <li key={way.path}>
                  <WayLine {...{ way, board }} from={face.title} to={way.to && titles.get(way.to)} />
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

interface WayLineProps {
  way: Way;
  board: Board;
  from: string;
  /** The title of the tile that it leads to. */
  to: string | null | undefined;
}

function WayLine({ way, board: { openTile, offerTiles, canEdit }, from, to }: WayLineProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const name =
    way.label === undefined ? `after ${quoted(from)}` : `after ${quoted(from)}, way ${quoted(way.label)}`;
  return (
    <span className="way-line" ref={anchor}>
      <CornerDownRight size={14} aria-hidden />
      {way.label !== undefined && <span className="way-name">{way.label}</span>}
      {way.label !== undefined && <ArrowRight size={12} aria-hidden />}
      {way.to === null ? (
        <span className="way-to">End of the journey</span>
      ) : (
        <button type="button" className="way-to" onClick={() => openTile(way.to!)}>
          {to ?? `${quoted(way.to)}, which does not exist`}
        </button>
      )}
      {canEdit && !way.isFixed && (
        <Button
          look="quiet"
          icon
          className="small"
          aria-label={`Add a tile ${name}`}
          onPress={() => offerTiles([way], anchor.current!)}
        >
          <Plus size={14} aria-hidden />
        </Button>
      )}
    </span>
  );
}
