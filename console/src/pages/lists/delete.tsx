import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Button } from '../../ui/button';
import { Confirm, Dialog } from '../../ui/overlays/dialog';
import { toast } from '../../ui/feedback/toast';
import { type List, usageQuery } from './lists';
import { isolated, quoted } from '../../words/quoted';

interface DeleteListProps {
  list: List;
  onClose: () => void;
  onDeleted?: () => void;
}

/** A list that journeys need cannot be deleted: it says which. */
export function DeleteList({ list, onClose, onDeleted }: DeleteListProps) {
  const { id, name } = list;
  const { data: usage } = useQuery({ ...usageQuery(id), staleTime: 0 });
  const queries = useQueryClient();

  async function remove() {
    await api.DELETE('/api/lists/{id}', { params: { path: { id } } });
    await queries.invalidateQueries({ queryKey: ['lists'] });
    toast(`Deleted the list ${quoted(name)}.`);
    onDeleted?.();
  }

  if (usage !== undefined && usage.journeys.length > 0) {
    return (
      <Dialog
        title={`${quoted(name)} is in use`}
        onClose={onClose}
        actions={<Button onPress={onClose}>Close</Button>}
      >
        <p>
          These journeys need it. Unpublish them, or publish them without it; users under way in older
          versions may need it too.
        </p>
        <ul className="plain-list">
          {usage.journeys.map((journey) => (
            <li key={journey.id}>
              <Link to="/journeys/$id" params={{ id: String(journey.id) }}>
                {isolated(journey.name)}
              </Link>
            </li>
          ))}
        </ul>
      </Dialog>
    );
  }
  return (
    <Confirm
      title={`Delete the list ${quoted(name)}?`}
      action="Delete list"
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{usersText(usage?.users)}; only the list goes. This cannot be undone.</p>
    </Confirm>
  );
}

function usersText(users: number | undefined): string {
  if (users === undefined) return 'Its users stay';
  return users === 1 ? 'Its user stays' : `Its ${users.toLocaleString('en')} users stay`;
}
