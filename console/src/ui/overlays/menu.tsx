import type { ReactNode } from 'react';
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';

export interface Action {
  id: string;
  text: string;
  run: () => void;
  /** What cannot be undone. */
  isDanger?: boolean;
  /** Why it cannot be done now: it is shown, and cannot be chosen. */
  refused?: string;
  /** What it means, where its text does not say it. */
  note?: string;
}

/** The items of a menu, to be put into a popover. */
function Actions({ label, actions, onDone }: { label: string; actions: Action[]; onDone?: () => void }) {
  return (
    <Menu
      aria-label={label}
      autoFocus="first"
      disabledKeys={actions.filter(({ refused }) => refused !== undefined).map(({ id }) => id)}
      onAction={(key) => {
        onDone?.();
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
  );
}

interface RowMenuProps {
  label: string;
  at: HTMLElement;
  actions: Action[];
  onClose: () => void;
}

/** The one menu that all rows of a list share. */
export function RowMenu({ label, at, actions, onClose }: RowMenuProps) {
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
      <Actions label={label} actions={actions} onDone={onClose} />
    </Popover>
  );
}

/** A button, the child, that opens a menu. */
export function ActionMenu({
  label,
  actions,
  children,
}: {
  label: string;
  actions: Action[];
  children: ReactNode;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover" placement="bottom end">
        <Actions label={label} actions={actions} />
      </Popover>
    </MenuTrigger>
  );
}
