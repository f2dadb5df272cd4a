import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { ExternalLink, LogOut } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useSession } from '../../shell/session';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { TextField } from '../../ui/forms/fields';
import { toast } from '../../ui/feedback/toast';
import { entryKey, useEntry } from './use-entry';
import { userOf } from './words';

/** What can be done about an entry: the Temporal Web UI comes last. */
export function EntryActions({ id }: { id: string }) {
  const { data: entry } = useEntry(id);
  const session = useSession();
  const [isExiting, setExiting] = useState(false);
  if (entry === undefined) return null;
  const mayExit = entry.endedAt === null && session?.person.role !== 'viewer';
  return (
    <div className="entry-actions">
      {mayExit && (
        <Button look="danger" onPress={() => setExiting(true)}>
          <LogOut size={14} aria-hidden /> Exit…
        </Button>
      )}
      {entry.temporal.url !== null && (
        <a className="btn plain" href={entry.temporal.url} target="_blank" rel="noreferrer">
          Open in Temporal <ExternalLink size={14} aria-hidden />
        </a>
      )}
      {isExiting && <ExitEntry id={id} user={userOf(entry)} onClose={() => setExiting(false)} />}
    </div>
  );
}

function ExitEntry({ id, user, onClose }: { id: string; user: string; onClose: () => void }) {
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  async function exit() {
    const body = note.trim() === '' ? {} : { note: note.trim() };
    await answerOf(api.POST('/api/entries/{id}/exit', { params: { path: { id } }, body }));
    await queries.invalidateQueries({ queryKey: entryKey(id) });
    toast(`${user} has left the journey.`);
  }
  return (
    <Confirm title={`Take ${user} out?`} action="Exit the entry" onConfirm={exit} onClose={onClose}>
      <p>
        The entry ends now, and nothing more is sent for it. A request that is under way is finished. This
        cannot be undone.
      </p>
      <TextField
        label="Note"
        hint="Why, for whoever looks at this entry later."
        value={note}
        onChange={setNote}
        maxLength={1_000}
        rows={2}
      />
    </Confirm>
  );
}
