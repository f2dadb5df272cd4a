import { answerOf, api } from '../../api/client';
import { ifMatch } from '../../api/revisions';
import { Confirm } from '../../ui/overlays/dialog';
import { toast } from '../../ui/feedback/toast';
import type { Journey } from './draft/draft';
import { quoted } from '../../words/quoted';

interface ChangeProps {
  journey: { id: number; name: string; revision: number };
  onDone: (journey: Journey) => void;
  onClose: () => void;
}

export function ArchiveJourney({ journey, onDone, onClose }: ChangeProps) {
  const { id, name } = journey;
  async function archive(revision = journey.revision) {
    const params = { path: { id }, header: ifMatch(revision) };
    onDone(await answerOf(api.DELETE('/api/journeys/{id}', { params })));
    toast(`Archived ${quoted(name)}.`);
  }
  return (
    <Confirm
      title={`Archive ${quoted(name)}?`}
      action="Archive the journey"
      onConfirm={archive}
      onClose={onClose}
    >
      <p>
        It takes no more users, and those under way leave it now. This cannot be undone; what happened in it
        can still be looked up.
      </p>
    </Confirm>
  );
}

export function UnpublishJourney({ journey, onDone, onClose }: ChangeProps) {
  const { id, name } = journey;
  async function unpublish(revision = journey.revision) {
    const params = { path: { id }, header: ifMatch(revision) };
    onDone(await answerOf(api.POST('/api/journeys/{id}/unpublish', { params })));
    toast(`Unpublished ${quoted(name)}.`);
  }
  return (
    <Confirm
      title={`Unpublish ${quoted(name)}?`}
      action="Unpublish the journey"
      isHarmless
      onConfirm={unpublish}
      onClose={onClose}
    >
      <p>
        No new users enter. Those under way finish, and what it locked may be changed. Publish it to let users
        in again.
      </p>
    </Confirm>
  );
}
