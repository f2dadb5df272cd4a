import { answerOf, api } from '../../api/client';
import { Confirm } from '../../ui/overlays/dialog';
import { toast } from '../../ui/feedback/toast';
import type { Journey } from './draft/draft';

interface ArchiveProps {
  journey: { id: number; name: string };
  onArchived: (journey: Journey) => void;
  onClose: () => void;
}

export function ArchiveJourney({ journey: { id, name }, onArchived, onClose }: ArchiveProps) {
  async function archive() {
    onArchived(await answerOf(api.DELETE('/api/journeys/{id}', { params: { path: { id } } })));
    toast(`Archived “${name}”.`);
  }
  return (
    <Confirm title={`Archive “${name}”?`} action="Archive the journey" onConfirm={archive} onClose={onClose}>
      <p>
        It takes no more users, and those under way leave it now. This cannot be undone; what happened in it
        can still be looked up.
      </p>
    </Confirm>
  );
}
