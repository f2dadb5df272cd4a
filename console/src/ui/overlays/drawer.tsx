import { type ReactNode, useEffect, useRef } from 'react';
import { Maximize2, X } from 'lucide-react';
import { Anchor } from '../anchor';
import { Button } from '../button';
import './drawer.css';

interface DrawerProps {
  title: ReactNode;
  /** Of which it is, for who cannot see it: “Entry ent_…”. */
  label: string;
  /** The page with the same content. */
  href?: string;
  onClose: () => void;
  children: ReactNode;
}

/** Beside a list, what one of its rows is. The list stays usable; on a narrow screen it covers the list. */
export function Drawer({ title, label, href, onClose, children }: DrawerProps) {
  const self = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    self.current?.focus();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  return (
    <aside
      className="drawer card"
      aria-label={label}
      ref={self}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2>{title}</h2>
        {href !== undefined && (
          <Anchor className="btn quiet icon" href={href} aria-label="Open as a page" title="Open as a page">
            <Maximize2 size={14} aria-hidden />
          </Anchor>
        )}
        <Button look="quiet" icon aria-label="Close" onPress={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </header>
      <div className="drawer-body">{children}</div>
    </aside>
  );
}

/** A list, and beside it the drawer of the row that is open. */
export function WithDrawer({ drawer, children }: { drawer: ReactNode; children: ReactNode }) {
  return (
    <div className="with-drawer" data-open={drawer ? '' : undefined}>
      {children}
      {drawer}
    </div>
  );
}
