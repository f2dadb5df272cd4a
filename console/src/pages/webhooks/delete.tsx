import { useQueries } from '@tanstack/react-query';
import { answerOf, api, ApiFault } from '../../api/client';
import { Confirm } from '../../ui/overlays/dialog';
import { toast } from '../../ui/feedback/toast';
import type { Webhook } from './words';

interface DeleteProps {
  webhooks: Webhook[];
  onClose: () => void;
  onDeleted: () => void;
}

/** Lists the tiles whose users exit when they reach them (B106), and says which webhooks could not be deleted. */
export function DeleteWebhooks({ webhooks, onClose, onDeleted }: DeleteProps) {
  const usages = useQueries({
    queries: webhooks.map(({ id }) => ({
      queryKey: ['webhook', id, 'usage'],
      queryFn: () => answerOf(api.GET('/api/journeyWebhooks/{id}/usage', { params: { path: { id } } })),
    })),
  });
  const tiles = usages.flatMap(({ data }) => data?.tiles ?? []);
  const [only] = webhooks;
  const what = webhooks.length === 1 ? `“${only!.name}”` : `${webhooks.length} webhooks`;

  async function remove() {
    const ids = webhooks.map(({ id }) => id);
    const { deleted, refused } = await answerOf(
      api.POST('/api/journeyWebhooks/bulkDelete', { body: { ids } }),
    );
    if (deleted.length > 0) {
      onDeleted();
      toast(deleted.length === 1 ? 'Deleted 1 webhook.' : `Deleted ${deleted.length} webhooks.`);
    }
    if (refused.length === 0) return;
    const reasons = refused.map(({ id, reason }) => `${nameIn(webhooks, id)}: ${reason}`);
    throw new ApiFault(409, 'Conflict', reasons.join('\n'), null);
  }

  return (
    <Confirm title={`Delete ${what}?`} action={`Delete ${what}`} onConfirm={remove} onClose={onClose}>
      <p>This cannot be undone.</p>
      {tiles.length > 0 && (
        <>
          <p>
            These tiles call {webhooks.length === 1 ? 'it' : 'them'}. Users who reach one exit the journey
            there:
          </p>
          <ul className="plain-list">
            {tiles.map(({ journeyId, journeyName, version, tileId, activeEntries }) => (
              <li key={`${journeyId}/${version}/${tileId}`}>
                <strong>{journeyName}</strong>, tile “{tileId}”
                {activeEntries > 0 && `, ${activeEntries.toLocaleString('en')} users under way`}
              </li>
            ))}
          </ul>
        </>
      )}
    </Confirm>
  );
}

function nameIn(webhooks: Webhook[], id: number): string {
  return webhooks.find((webhook) => webhook.id === id)?.name ?? String(id);
}
