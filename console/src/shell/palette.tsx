import { useDeferredValue, useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { Keyboard } from 'lucide-react';
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete';
import { Dialog } from 'react-aria-components/Dialog';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { SearchField } from 'react-aria-components/SearchField';
import { type Command, useLookups } from './lookups';
import { placesFor } from './places';
import type { Session } from './session';
import './palette.css';

const KEYS = 'keys';

interface PaletteProps {
  session: Session;
  onClose: () => void;
  onKeys: () => void;
}

/** Finds pages by their names, journeys and webhooks by theirs, and whatever an id or an email names. */
export default function Palette({ session, onClose, onKeys }: PaletteProps) {
  const { contains } = useFilter({ sensitivity: 'base' });
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim());
  const { found, isLooking } = useLookups(wanted, session);
  const pages = pagesFor(session).filter(({ text }) => contains(text, wanted));
  const commands = [...pages, ...found];
  function run(id: string) {
    onClose();
    if (id === KEYS) onKeys();
    else void navigate({ href: id });
  }
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
          <Autocomplete inputValue={typed} onInputChange={setTyped}>
            <SearchField className="palette-field" autoFocus>
              <Label className="sr">Search or jump to</Label>
              <Input className="palette-input" placeholder="A page, a name, an email, ent_… or dlv_…" />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label="Commands"
              items={commands}
              renderEmptyState={() => (
                <p className="hint">{isLooking ? 'Looking…' : 'Nothing has this name.'}</p>
              )}
              onAction={(key) => run(String(key))}
            >
              {({ id, text, Icon, keys }) => (
                <MenuItem id={id} className="item" textValue={text}>
                  <Icon size={14} aria-hidden /> <span className="cut">{text}</span>
                  {keys !== undefined && <kbd>{keys}</kbd>}
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function pagesFor(session: Session): Command[] {
  const places = placesFor(session).flatMap(({ places }) => places);
  return [
    ...places.map(({ to, text, Icon, keys }) => ({ id: to, to, text: `Go to ${text}`, Icon, keys })),
    { id: KEYS, to: KEYS, text: 'Show the keys', Icon: Keyboard, keys: '?' },
  ];
}
