import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { Confirm } from '../../../ui/overlays/dialog';
import { toast } from '../../../ui/feedback/toast';
import { type Identity } from '../names';
import { isolated } from '../../../words/quoted';

interface EraseUserProps {
  identity: Identity;
  onClose: () => void;
  onErased: () => void;
}

export function EraseUser({ identity, onClose, onErased }: EraseUserProps) {
  const queries = useQueryClient();
  const name = 'email' in identity ? identity.email : identity.userId;

  async function erase() {
    await ('email' in identity
      ? api.DELETE('/api/users/{email}', { params: { path: identity } })
      : api.DELETE('/api/users/byUserId/{userId}', { params: { path: identity } }));
    onErased();
    // What was shown of them leaves the memory of this page too.
    for (const key of ['user', 'users', 'list']) queries.removeQueries({ queryKey: [key] });
    toast('Erased the user.');
  }

  return (
    <Confirm title={`Erase ${isolated(name)}?`} action="Erase the user" onConfirm={erase} onClose={onClose}>
      <p>
        <strong>This cannot be undone.</strong>
      </p>
      <div>
        <h3>What goes</h3>
        <ul className="plain-list">
          <li>Email, userId, profile, tags, consents, events and list memberships.</li>
          <li>Entries under way end at once. Trigger data, live data and notes of all entries.</li>
          <li>Requests of deliveries, and what endpoints answered.</li>
        </ul>
      </div>
      <div>
        <h3>What stays</h3>
        <ul className="plain-list">
          <li>Journey, times, status and reason of entries and deliveries, so that counts stay right.</li>
          <li>What endpoints have received, requests in the inbox, and your backups.</li>
        </ul>
      </div>
    </Confirm>
  );
}
