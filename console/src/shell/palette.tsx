import { useNavigate } from '@tanstack/react-router';
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete';
import { Dialog } from 'react-aria-components/Dialog';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { SearchField } from 'react-aria-components/SearchField';
import { type Place, placesFor } from './places';
import type { Session } from './session';
import './palette.css';

interface Command extends Omit<Place, 'isShown'> {
  id: string;
}

/** Finds pages by their names. */
export default function Palette({ session, onClose }: { session: Session; onClose: () => void }) {
  const { contains } = useFilter({ sensitivity: 'base' });
  const navigate = useNavigate();
  const commands = pages(session);
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className="modal">
        <Dialog aria-label="Commands">
          <Autocomplete filter={contains}>
            <SearchField className="palette-field" autoFocus>
              <Label className="sr">Search or jump to</Label>
              <Input className="palette-input" placeholder="Search or jump to…" />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label="Commands"
              items={commands}
              renderEmptyState={() => <p className="hint">Nothing has this name.</p>}
              onAction={(key) => {
                onClose();
                void navigate({ href: commands.find(({ id }) => id === key)!.to });
              }}
            >
              {({ id, text, Icon, keys }) => (
                <MenuItem id={id} className="item" textValue={text}>
                  <Icon size={14} aria-hidden /> {text} {keys !== undefined && <kbd>{keys}</kbd>}
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function pages(session: Session): Command[] {
  const places = placesFor(session).flatMap(({ places }) => places);
  return places.map((place) => ({ ...place, id: place.to, text: `Go to ${place.text}` }));
}
