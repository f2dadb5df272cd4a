import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { SignInForm } from '../pages/signing-in/sign-in-form';
import { type Session, whoAmI } from './session';

/** How often it is looked whether they have signed in again in another tab. */
const LOOK_MS = 3_000;

/**
 * Over the page of somebody whose session has ended, which it hides. Nothing below is taken apart, so that what they have
 * typed is there once they have signed in again.
 */
export default function SessionEnded({ last: { person } }: { last: Session }) {
  const queries = useQueryClient();
  useQuery({ ...whoAmI, refetchInterval: LOOK_MS });
  return (
    <ModalOverlay className="overlay opaque" isOpen isKeyboardDismissDisabled>
      <Modal className="alone">
        <AriaDialog className="card">
          <div className="brand">
            <img src="/favicon.svg" width="24" height="24" alt="" /> Wayhook
          </div>
          <Heading slot="title">Sign in again</Heading>
          <p>Your session has ended. Sign in, and the page is as you left it.</p>
          <SignInForm
            email={person.email}
            next="/"
            isElsewhere
            onSignedIn={(session) => queries.setQueryData(whoAmI.queryKey, session)}
          />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
