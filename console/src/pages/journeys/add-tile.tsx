import { useState } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { Text } from 'react-aria-components/Text';
import { SelectField } from '../../ui/forms/select-field';
import type { TileType } from './draft/draft';
import type { Way } from './draft/ways';
import { TILE_TYPES } from './tile-words';
import './add-tile.css';

interface AddTileProps {
  /** Where the tile may be put. */
  ways: Way[];
  anchor: HTMLElement;
  onAdd: (way: Way, type: TileType) => void;
  onClose: () => void;
}

/** Offers the types of tiles; and where there are several ways, on which of them. */
export function AddTile({ ways, anchor, onAdd, onClose }: AddTileProps) {
  const [path, setPath] = useState(ways[0]!.path);
  return (
    <Popover
      className="popover add-tile"
      isOpen
      triggerRef={{ current: anchor }}
      placement="bottom"
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Dialog aria-label="Add a tile">
        {ways.length > 1 && (
          <SelectField
            label="On the way"
            value={path}
            choices={ways.map((way) => ({ value: way.path, text: way.label ?? 'Next' }))}
            onChange={setPath}
          />
        )}
        <Menu
          aria-label="Types of tiles"
          autoFocus="first"
          onAction={(type) => {
            onClose();
            onAdd(
              ways.find((way) => way.path === path)!,
              type as TileType,
            );
          }}
        >
          {TILE_TYPES.map(({ type, title, hint, Icon }) => (
            <MenuItem key={type} id={type} textValue={title} className="item">
              <Icon size={16} aria-hidden />
              <span className="two-lines">
                <Text slot="label">{title}</Text>
                <Text slot="description">{hint}</Text>
              </span>
            </MenuItem>
          ))}
        </Menu>
      </Dialog>
    </Popover>
  );
}
