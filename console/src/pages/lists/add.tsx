import { type FormEvent, useState } from 'react';
import { answerOf, api } from '../../api/client';
import { messageOf } from '../../ui/feedback/failure';
import { CheckField, TextField } from '../../ui/forms/fields';
import { FormDialog } from '../../ui/overlays/form-dialog';
import { toast } from '../../ui/feedback/toast';
import type { List } from './lists';
import { quoted } from '../../words/quoted';

interface AddUsersProps {
  list: List;
  onClose: () => void;
  onAdded: () => void;
}

/** As many as one call takes. */
const MOST = 1_001;

/** Puts users on a list, as somebody has pasted them. Those that cannot be added stay in the field, each with its reason. */
export function AddUsers({ list: { id, name }, onClose, onAdded }: AddUsersProps) {
  const [text, setText] = useState('');
  const [knownOnly, setKnownOnly] = useState(false);
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});

  async function submit(event: FormEvent) {
    event.preventDefault();
    const names = namesIn(text);
    if (names.length === 0) return setState({ error: 'Name somebody: one email or userId a line.' });
    if (names.length > MOST) {
      return setState({ error: `At most ${MOST.toLocaleString('en')} at a time. Import a file for more.` });
    }
    setState({ isBusy: true });
    try {
      const answer = await answerOf(
        api.POST('/api/lists/subscribe', {
          body: { listId: id, subscribers: names.map(identityOf), updateExistingUsersOnly: knownOnly },
        }),
      );
      if (answer.successCount > 0) {
        onAdded();
        toast(`Put ${answer.successCount.toLocaleString('en')} on ${quoted(name)}.`);
      }
      const failed = failuresIn(answer.failedUpdates);
      if (failed.size === 0) return onClose();
      setText([...failed.keys()].join('\n'));
      setState({ error: [...failed].map(([who, why]) => `${who}: ${why}`).join('\n') });
    } catch (error) {
      setState({ error: messageOf(error) });
    }
  }

  return (
    <FormDialog
      title={`Add users to ${quoted(name)}`}
      action="Add"
      busy="Adding…"
      isBusy={state.isBusy}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Users"
        hint="One email or userId a line. What has an @ is an email."
        mono
        autoFocus
        rows={6}
        value={text}
        onChange={setText}
        error={state.error}
      />
      <CheckField
        label="Existing users only"
        hint="Else users who are not known are created."
        checked={knownOnly}
        onChange={setKnownOnly}
      />
    </FormDialog>
  );
}

function namesIn(text: string): string[] {
  const lines = text.split(/[\n,;]/).map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line !== '');
}

function identityOf(name: string): { email: string } | { userId: string } {
  return name.includes('@') ? { email: name } : { userId: name };
}

const REASONS: Record<string, string> = {
  conflict: 'belongs to another user',
  invalidData: 'cannot be used',
  invalid: 'is no email or userId',
  notFound: 'is not known',
};

/** Why each of those that failed did. */
function failuresIn(failed: Record<string, string[]>): Map<string, string> {
  const named = Object.entries(failed).flatMap(([list, names]) => {
    const reason = REASONS[list.replace(/(Emails|UserIds)$/, '')] ?? 'failed';
    return names.map((name) => [name, reason] as const);
  });
  return new Map(named);
}
