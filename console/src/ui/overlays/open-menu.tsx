import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import type { Action, Opened } from './action';

interface OpenMenuProps {
  label: string;
  opened: Opened;
  actions: Action[];
  onClose: () => void;
}

export function OpenMenu({ label, opened: { at, first }, actions, onClose }: OpenMenuProps) {
  return (
    <Popover
      className="popover"
      aria-label={label}
      isOpen
      triggerRef={{ current: at }}
      placement="bottom end"
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Menu
        aria-label={label}
        autoFocus={first}
        disabledKeys={actions.filter(({ refused }) => refused !== undefined).map(({ id }) => id)}
        onAction={(key) => {
          onClose();
          actions.find(({ id }) => id === key)?.run();
        }}
      >
        {actions.map(({ id, text, isDanger, refused, note = refused }) => (
          <MenuItem key={id} id={id} textValue={text} className={`item ${isDanger ? 'danger' : ''}`}>
            <span className="two-lines">
              <span>{text}</span>
              {note !== undefined && <small>{note}</small>}
            </span>
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  );
}
