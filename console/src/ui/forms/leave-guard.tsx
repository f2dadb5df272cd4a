import { useBlocker } from '@tanstack/react-router';
import { Button } from '../button';
import { Dialog } from '../overlays/dialog';

interface LeaveGuardProps {
  /** Asked when somebody leaves: whether something would be lost. */
  hasUnsaved: () => boolean;
}

/** Asks before a page is left with changes that are not saved. */
export function LeaveGuard({ hasUnsaved }: LeaveGuardProps) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && hasUnsaved(),
    enableBeforeUnload: hasUnsaved,
    withResolver: true,
  });
  if (status !== 'blocked') return null;
  return (
    <Dialog
      title="Leave without saving?"
      onClose={reset}
      actions={
        <>
          <Button onPress={reset}>Stay</Button>
          <Button look="danger" onPress={proceed}>
            Leave without saving
          </Button>
        </>
      }
    >
      <p>What you changed on this page is not saved, and is lost when you leave.</p>
    </Dialog>
  );
}
