import { type FormEvent, type ReactNode, useId } from 'react';
import { Button } from '../button';
import { Dialog } from './dialog';

interface FormDialogProps {
  title: string;
  /** The verb: “Add”. */
  action: string;
  /** The same while it is under way: “Adding…”. */
  busy: string;
  isBusy: boolean | undefined;
  /** Why it was refused, but for what stands beside a field. */
  error?: string;
  isDisabled?: boolean;
  onSubmit: (event: FormEvent) => Promise<unknown>;
  onClose: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A form in a dialog. A click beside it does not lose what was typed. */
export function FormDialog(props: FormDialogProps) {
  const { title, action, busy, isBusy, error, isDisabled, onSubmit, onClose, children } = props;
  const form = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isStrict
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} isBusy={isBusy} isDisabled={isDisabled}>
            {isBusy ? busy : action}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={(event) => void onSubmit(event)}>
        {children}
        {error !== undefined && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
