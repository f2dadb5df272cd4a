import { CircleAlert } from 'lucide-react';
import type { Draft, Faults, Tile } from '../../draft/draft';
import { titleOf } from './difference';
import './versions.css';

interface FaultsByTileProps {
  faults: Faults;
  draft: Draft;
  openTile: (id: string) => void;
}

/** Faults below the tile that they are in, which can be opened; those of the journey first. */
export function FaultsByTile({ faults, draft, openTile }: FaultsByTileProps) {
  const byTile = new Map<Tile | undefined, { field: string; message: string }[]>();
  for (const [path, message] of Object.entries(faults)) {
    const [, index, field = ''] = /^(?:journey\.)?tiles\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
    const tile = index === undefined ? undefined : draft.tiles[Number(index)];
    const known = byTile.get(tile) ?? [];
    byTile.set(tile, [...known, { field: tile === undefined ? path : field, message }]);
  }
  return (
    <ul className="faults-by-tile">
      {[...byTile].map(([tile, found]) => (
        <li key={tile?.id ?? ''}>
          <p className="tile-change">
            <CircleAlert size={14} aria-hidden />{' '}
            <strong>{tile === undefined ? 'Settings' : titleOf(tile)}</strong>{' '}
            {tile !== undefined && (
              <button type="button" className="link mono" onClick={() => openTile(tile.id)}>
                {tile.id}
              </button>
            )}
          </p>
          <ul>
            {found.map(({ field, message }) => (
              <li key={`${field} ${message}`}>
                {field !== '' && <span className="mono none">{field}</span>} {message}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
