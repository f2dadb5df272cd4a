import { type ReactNode, useState } from 'react';
import { X } from 'lucide-react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { type Stale, staleIn } from '../../api/revisions';
import { Button } from '../button';
import { messageOf } from '../feedback/failure';
import { StaleChanges } from '../feedback/stale-changes';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** At the foot: what can be done, the main thing last. */
  actions?: ReactNode;
  /** Where a click beside it would lose what was typed, or must not be missed. */
  isStrict?: boolean;
  wide?: boolean;
  /** At the right, as high as the window: what is worked in for a while. */
  isSheet?: boolean;
}

export function Dialog(props: DialogProps) {
  const { title, onClose, children, actions, isStrict = false, wide = false, isSheet = false } = props;
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable={!isStrict}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className={`modal ${wide ? 'wide' : ''} ${isSheet ? 'sheet' : ''}`}>
        <AriaDialog className="dialog">
          <header>
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" icon aria-label="Close" onPress={onClose}>
              <X size={16} aria-hidden />
            </Button>
          </header>
          <div className="dialog-body">{children}</div>
          {actions !== undefined && <footer>{actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  title: string;
  /** What becomes of what, in full: it cannot be undone. */
  children: ReactNode;
  /** The verb: “Delete 3 webhooks”. */
  action: string;
  /** With a revision: done all the same, though somebody changed it since the page showed it. */
  onConfirm: (revision?: number) => Promise<unknown>;
  onClose: () => void;
  /** Nothing is lost: it is asked because it does more than one sees. */
  isHarmless?: boolean;
}

/** Asks before what cannot be undone. It stays open, with the reason, when that fails, and asks again after a change. */
export function Confirm({ title, children, action, onConfirm, onClose, isHarmless = false }: ConfirmProps) {
  const [state, setState] = useState<'asked' | 'busy' | { error: string } | { stale: Stale }>('asked');
  const stale = typeof state === 'object' && 'stale' in state ? state.stale : undefined;
  async function confirm() {
    setState('busy');
    try {
      await onConfirm(stale?.revision);
      onClose();
    } catch (error) {
      const changed = staleIn(error);
      setState(changed ? { stale: changed } : { error: messageOf(error) });
    }
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look={isHarmless ? 'primary' : 'danger'}
            isBusy={state === 'busy'}
            onPress={() => void confirm()}
          >
            {state === 'busy' ? 'Working…' : stale ? `${action} anyway` : action}
          </Button>
        </>
      }
    >
      {children}
      {typeof state === 'object' && (
        <div role="alert" className="stack">
          <p className="error">
            {'error' in state
              ? state.error
              : 'Nothing was done: somebody changed it since this page showed it. Look at what is different first.'}
          </p>
          {stale && <StaleChanges changes={stale.changes} />}
        </div>
      )}
    </Dialog>
  );
}
