import { CircleAlert, Play } from 'lucide-react';
import { kindOf } from '../tile-words';
import type { TileType } from '../draft/draft';
import './tile-face.css';

/** What one sees of a tile. */
export interface Face {
  id: string;
  /** `entry` is where users enter. */
  type: TileType | 'entry';
  title: string;
  detail: string;
  faults: number;
  /** No way leads there. */
  isUnreached: boolean;
  users: number;
  retrying: number;
}

interface TileFaceProps {
  face: Face;
  isOpen: boolean;
  tabIndex?: number;
  onPress: () => void;
  onFocus?: () => void;
}

export function TileFace({ face, isOpen, tabIndex, onPress, onFocus }: TileFaceProps) {
  const { id, type, title, detail, faults, isUnreached, users, retrying } = face;
  const Icon = type === 'entry' ? Play : kindOf(type).Icon;
  return (
    <button
      type="button"
      className="tile"
      data-tile={id}
      data-kind={type}
      data-fault={faults > 0 ? '' : undefined}
      data-unreached={isUnreached ? '' : undefined}
      aria-pressed={isOpen}
      tabIndex={tabIndex}
      onClick={onPress}
      onFocus={onFocus}
    >
      <span className="tile-icon">
        <Icon size={16} aria-hidden />
      </span>
      <span className="tile-words">
        <strong>{title}</strong>
        <small>{isUnreached ? 'No way leads here' : detail}</small>
      </span>
      <span className="tile-marks">
        {faults > 0 && (
          <span className="tile-fault">
            <CircleAlert size={14} aria-hidden />
            <span className="sr">{faults === 1 ? '1 fault' : `${faults} faults`}</span>
          </span>
        )}
        {users > 0 && (
          <span className="tile-users">
            {users.toLocaleString('en')}
            <span className="sr">{users === 1 ? ' user here' : ' users here'}</span>
          </span>
        )}
        {retrying > 0 && <span className="tile-retrying">{retrying.toLocaleString('en')} retrying</span>}
      </span>
    </button>
  );
}
