import { useNavigate } from '@tanstack/react-router';
import { Braces, Plus, UserRound, Webhook } from 'lucide-react';
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete';
import { Dialog } from 'react-aria-components/Dialog';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { SearchField } from 'react-aria-components/SearchField';
import { useState } from 'react';
import { type Place, placesFor, SETTINGS } from './places';
import type { Session } from './session';
import './palette.css';

interface Command extends Omit<Place, 'isShown'> {
  id: string;
}

/** Finds pages, actions, and what an id or an email that was pasted names. */
export default function Palette({ session, onClose }: { session: Session; onClose: () => void }) {
  const { contains } = useFilter({ sensitivity: 'base' });
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const commands = [...named(typed.trim()), ...pages(session)];
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
          <Autocomplete
            inputValue={typed}
            onInputChange={setTyped}
            filter={(text, input) => text === input || contains(text, input)}
          >
            <SearchField className="palette-field" autoFocus>
              <Label className="sr">Search or jump to</Label>
              <Input className="palette-input" placeholder="Search, or paste an id or an email" />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label="Commands"
              items={commands}
              renderEmptyState={() => (
                <p className="hint">Nothing has this name. Paste an id, such as ent_… or dlv_…</p>
              )}
              onAction={(key) => {
                onClose();
                void navigate({ href: commands.find(({ id }) => id === key)!.to });
              }}
            >
              {({ id, text, Icon, keys }) => (
                <MenuItem id={id} className="item" textValue={id === 'typed' ? typed : text}>
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
  const places = [...placesFor(session).flatMap(({ places }) => places), SETTINGS];
  const add: Command[] = [
    ...(session.manageIntegrations
      ? [{ id: 'new-webhook', to: '/webhooks/new', text: 'New webhook', Icon: Plus }]
      : []),
  ];
  return [...places.map((place) => ({ ...place, id: place.to, text: `Go to ${place.text}` })), ...add];
}

/** What a pasted text names, if it is an id or an email. */
function named(text: string): Command[] {
  const path = encodeURIComponent(text);
  if (/^ent_\w+$/.test(text))
    return [{ id: 'typed', to: `/entries/${path}`, text: `Open entry ${text}`, Icon: Braces }];
  if (/^dlv_\w+$/.test(text)) {
    return [{ id: 'typed', to: `/deliveries/${path}`, text: `Open delivery ${text}`, Icon: Webhook }];
  }
  if (/^\S+@\S+$/.test(text)) {
    return [{ id: 'typed', to: `/users/by-email/${path}`, text: `Open user ${text}`, Icon: UserRound }];
  }
  return [];
}
