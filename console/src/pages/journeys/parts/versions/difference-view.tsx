import { Minus, Pencil, Plus } from 'lucide-react';
import type { Change, Difference, TileChange } from './difference';
import './versions.css';

const KINDS = {
  added: { word: 'Added', Icon: Plus },
  changed: { word: 'Changed', Icon: Pencil },
  removed: { word: 'Removed', Icon: Minus },
};

interface DifferenceProps {
  difference: Difference;
  /** Opens a tile that is still there. */
  openTile?: (id: string) => void;
}

/** What has changed, setting by setting and tile by tile. */
export function DifferenceView({ difference: { settings, tiles }, openTile }: DifferenceProps) {
  return (
    <div className="difference">
      {settings.length > 0 && (
        <section aria-label="Changed settings">
          <h3>Settings</h3>
          <Changes changes={settings} />
        </section>
      )}
      {tiles.length > 0 && (
        <section aria-label="Changed tiles">
          <h3>Tiles</h3>
          <ul className="tile-changes">
            {tiles.map((tile) => (
              <TileChanges key={`${tile.kind} ${tile.id}`} {...{ tile, openTile }} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function TileChanges({ tile, openTile }: { tile: TileChange; openTile: DifferenceProps['openTile'] }) {
  const { word, Icon } = KINDS[tile.kind];
  return (
    <li>
      <p className={`tile-change ${tile.kind}`}>
        <Icon size={14} aria-hidden /> <span>{word}</span> <strong>{tile.title}</strong>{' '}
        {openTile === undefined || tile.kind === 'removed' ? (
          <span className="mono">{tile.id}</span>
        ) : (
          <button type="button" className="link mono" onClick={() => openTile(tile.id)}>
            {tile.id}
          </button>
        )}
      </p>
      <Changes changes={tile.changes} />
    </li>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return null;
  return (
    <dl className="tile-difference">
      {changes.map(({ what, before, after }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            {before !== undefined && <del>{before}</del>} {after !== undefined && <ins>{after}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
